import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { plansQuery } from '../../api/queries.ts';
import { Badge, Card } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { me } from './words.ts';

export function Periods({ id }: { id: string }) {
  const words = useWords(me);
  const { won, day } = useFormat();
  const { data: plans } = useQuery(plansQuery);
  const details = useQuery({
    queryKey: ['subscription', 'details', id],
    queryFn: () => answerOf(api.GET('/v1/subscriptions/{id}', { params: { path: { id } } })),
  });
  const nameOf = (planId: number) => plans?.find((plan) => plan.id === planId)?.name ?? String(planId);
  return (
    <Card title={words.periods}>
      <Loaded query={details}>
        {({ periods }) =>
          periods.length === 0 ? (
            <Empty>{words.noPeriods}</Empty>
          ) : (
            <div className="table-frame" role="region" aria-label={words.periods} tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{words.plan}</th>
                    <th scope="col">{words.from}</th>
                    <th scope="col">{words.to}</th>
                    <th scope="col" className="number">
                      {words.worth}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {periods.map((period) => (
                    <tr key={period.id}>
                      <td>
                        {nameOf(period.planId)} {period.voidedAt && <Badge tone="plain">{words.replaced}</Badge>}
                      </td>
                      <td>{day(period.startsAt)}</td>
                      <td>{day(period.endsAt)}</td>
                      <td className="number">
                        {won(period.price)}
                        {period.credited > 0 && !period.voidedAt && (
                          <>
                            <br />
                            <span className="small soft">{words.credited(won(period.credited))}</span>
                          </>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </Card>
  );
}
