import { Link } from '@tanstack/react-router';
import type { AuditEntry } from '../../api/client.ts';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { story } from './story-words.ts';
import { desk } from './words.ts';

/** One thing that an operator did. */
export function Entry({ entry, link = false }: { entry: AuditEntry; link?: boolean }) {
  const words = useWords(desk);
  const { by } = useWords(story);
  const { exactTime } = useFormat();
  const changed = entry.before !== null || entry.after !== null;
  return (
    <li>
      <span>
        <code>{entry.action}</code> {entry.subject && <code className="soft">{entry.subject}</code>}{' '}
        {by(entry.actor, entry.role)}
      </span>
      {link && entry.orderId && (
        <Link to="/console/payments/$orderId" params={{ orderId: entry.orderId }}>
          {entry.orderId}
        </Link>
      )}
      {entry.reason && <span>{entry.reason}</span>}
      <span className="small soft">
        {exactTime(entry.createdAt)} · {entry.address} · <code>{entry.requestId}</code>
      </span>
      {changed && (
        <details>
          <summary>{words.details}</summary>
          <pre className="body" tabIndex={0}>
            {JSON.stringify({ [words.before]: entry.before, [words.after]: entry.after }, null, 2)}
          </pre>
        </details>
      )}
    </li>
  );
}
