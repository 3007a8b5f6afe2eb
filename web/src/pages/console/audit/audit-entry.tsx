import type { AuditEntry as Entry } from '../../../api/client.ts';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { JsonBody } from '../json-body.tsx';
import { OrderLink } from '../order-link.tsx';
import { auditWords } from './audit-words.ts';

/** One action of an operator. */
export function AuditEntry({ entry, showOrder = false }: { entry: Entry; showOrder?: boolean }) {
  const words = useWords(auditWords);
  const { exactTime } = useFormat();
  const hasChanges = entry.before !== null || entry.after !== null;
  return (
    <li>
      <span>
        <code>{entry.action}</code> {entry.subject && <code className="soft">{entry.subject}</code>}{' '}
        {words.by(entry.actor, entry.role)}
      </span>
      {showOrder && entry.orderId && <OrderLink orderId={entry.orderId} />}
      {entry.reason && <span>{entry.reason}</span>}
      <span className="small soft">
        {exactTime(entry.createdAt)} · {entry.address} · <code>{entry.requestId}</code>
      </span>
      {hasChanges && (
        <JsonBody summary={words.changes} value={{ [words.before]: entry.before, [words.after]: entry.after }} />
      )}
    </li>
  );
}
