import { answerOf, api } from '../../api/client.ts';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { story as storyWords } from './story-words.ts';

/** What operators did to one order. */
export function AuditOf({ orderId }: { orderId: string }) {
  const words = useWords(storyWords);
  const { exactTime } = useFormat();
  return (
    <Card title={words.audit}>
      <Pages queryKey={['audit', orderId]} ask={(cursor) => answerOf(api.GET('/v1/operations/audit-log', { params: { query: { orderId, cursor } } }))} empty={words.noAudit}>
        {(entries) => (
          <ol className="steps">
            {entries.map((entry) => (
              <li key={entry.id}>
                <span>
                  <code>{entry.action}</code> {words.by(entry.actor, entry.role)}
                </span>
                {entry.reason && <span>{entry.reason}</span>}
                <span className="small soft">
                  {exactTime(entry.createdAt)} · {entry.address} · <code>{entry.requestId}</code>
                </span>
              </li>
            ))}
          </ol>
        )}
      </Pages>
    </Card>
  );
}
