import { Link } from '@tanstack/react-router';
import { api, resultOf } from '../../../api/client.ts';
import { Pages } from '../../../ui/pages.tsx';
import { Card } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { pastDueWords, renewalWords } from './renewal-words.ts';

/** The subscriptions whose card was declined. */
export function PastDue({ refetchInterval }: { refetchInterval: number }) {
  const words = useWords(pastDueWords);
  const columns = useWords(renewalWords);
  const { day, time } = useFormat();
  return (
    <Card title={words.title}>
      <p className="soft">{words.hint}</p>
      <Pages
        queryKey={['renewals', 'past-due']}
        fetchPage={(cursor) =>
          resultOf(api.GET('/v1/subscriptions', { params: { query: { status: 'PAST_DUE', cursor } } }))
        }
        empty={words.empty}
        refetchInterval={refetchInterval}
      >
        {(subscriptions) => (
          <Table
            label={words.title}
            rows={subscriptions}
            keyOf={({ id }) => id}
            columns={[
              {
                name: columns.user,
                of: ({ userId }) => (
                  <Link to="/console" search={{ q: userId }}>
                    {userId}
                  </Link>
                ),
              },
              { name: columns.plan, of: ({ plan }) => plan.name },
              { name: words.since, of: ({ pastDueSince }) => time(pastDueSince) },
              { name: words.nextAttempt, of: ({ nextChargeAt }) => time(nextChargeAt) },
              { name: words.grace, of: ({ graceUntil }) => day(graceUntil) },
            ]}
          />
        )}
      </Pages>
    </Card>
  );
}
