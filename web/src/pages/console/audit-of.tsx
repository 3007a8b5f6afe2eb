import { answerOf, api } from '../../api/client.ts';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { Entry } from './audit-entry.tsx';
import { story as storyWords } from './story-words.ts';

/** What operators did to one order. */
export function AuditOf({ orderId }: { orderId: string }) {
  const words = useWords(storyWords);
  return (
    <Card title={words.audit}>
      <Pages
        queryKey={['audit', orderId]}
        ask={(cursor) => answerOf(api.GET('/v1/operations/audit-log', { params: { query: { orderId, cursor } } }))}
        empty={words.noAudit}
      >
        {(entries) => (
          <ol className="steps">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </Pages>
    </Card>
  );
}
