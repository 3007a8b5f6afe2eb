import { api, resultOf } from '../../../api/client.ts';
import { Pages } from '../../../ui/pages.tsx';
import { Card } from '../../../ui/parts.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { OpenDifferences } from '../reconciliation/open-differences.tsx';
import { PaymentsTable } from '../search/payments-table.tsx';
import { UnknownRefunds } from './unknown-refunds.tsx';
import { workQueueWords } from './work-queue-words.ts';

const POLL_INTERVAL_MS = 10_000;

/** What waits for an operator, or for an outcome. */
export function WorkQueuePage() {
  const words = useWords(workQueueWords);
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <Card title={words.unknownPayments}>
        <p className="soft">{words.unknownPaymentsHint}</p>
        <Pages
          queryKey={['payments', 'unknown']}
          fetchPage={(cursor) =>
            resultOf(api.GET('/v1/payments', { params: { query: { status: 'PENDING', cursor } } }))
          }
          empty={words.noUnknownPayments}
          refetchInterval={POLL_INTERVAL_MS}
        >
          {(payments) => <PaymentsTable label={words.unknownPayments} payments={payments} />}
        </Pages>
      </Card>
      <UnknownRefunds refetchInterval={POLL_INTERVAL_MS} />
      <OpenDifferences />
    </div>
  );
}
