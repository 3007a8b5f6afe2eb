import { useQuery } from '@tanstack/react-query';
import { api, type Period, resultOf } from '../../api/client.ts';
import { planNameIn, plansQuery } from '../../api/queries.ts';
import { Badge, Card } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { periodWords } from './my-page-words.ts';

export function Periods({ id }: { id: string }) {
  const words = useWords(periodWords);
  const details = useQuery({
    queryKey: ['subscription', 'details', id],
    queryFn: () => resultOf(api.GET('/v1/subscriptions/{id}', { params: { path: { id } } })),
  });
  return (
    <Card title={words.title}>
      <Loaded query={details}>
        {({ periods }) => (periods.length === 0 ? <Empty>{words.empty}</Empty> : <PeriodsTable periods={periods} />)}
      </Loaded>
    </Card>
  );
}

function PeriodsTable({ periods }: { periods: Period[] }) {
  const words = useWords(periodWords);
  const { won, day } = useFormat();
  const { data: plans } = useQuery(plansQuery);
  return (
    <Table
      label={words.title}
      rows={periods}
      keyOf={({ id }) => id}
      columns={[
        {
          name: words.plan,
          of: ({ planId, voidedAt }) => (
            <>
              {planNameIn(plans, planId)} {voidedAt && <Badge tone="plain">{words.voided}</Badge>}
            </>
          ),
        },
        { name: words.from, of: ({ startsAt }) => day(startsAt) },
        { name: words.to, of: ({ endsAt }) => day(endsAt) },
        {
          name: words.price,
          number: true,
          of: ({ price, credited, voidedAt }) => (
            <>
              {won(price)}
              {credited > 0 && !voidedAt && (
                <>
                  <br />
                  <span className="small soft">{words.credited(won(credited))}</span>
                </>
              )}
            </>
          ),
        },
      ]}
    />
  );
}
