import { api, resultOf } from '../../../api/client.ts';
import { Pages } from '../../../ui/pages.tsx';
import { Card } from '../../../ui/parts.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { AuditEntry } from '../audit/audit-entry.tsx';
import { paymentHistoryWords } from './payment-history-words.ts';

/** What operators did to one order. */
export function OrderAuditLog({ orderId }: { orderId: string }) {
  const words = useWords(paymentHistoryWords);
  return (
    <Card title={words.auditLog}>
      <Pages
        queryKey={['audit', orderId]}
        fetchPage={(cursor) =>
          resultOf(api.GET('/v1/operations/audit-log', { params: { query: { orderId, cursor } } }))
        }
        empty={words.noAuditLog}
      >
        {(entries) => (
          <ol className="steps">
            {entries.map((entry) => (
              <AuditEntry key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </Pages>
    </Card>
  );
}
