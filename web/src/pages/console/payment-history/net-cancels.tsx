import type { PaymentHistory } from '../../../api/client.ts';
import { Badge, Card } from '../../../ui/parts.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { attemptWords } from './payment-history-words.ts';

/** Approvals that the program cancelled at Toss because they should not have been made. */
export function NetCancels({ netCancels }: { netCancels: PaymentHistory['netCancels'] }) {
  const words = useWords(attemptWords);
  const { exactTime } = useFormat();
  if (netCancels.length === 0) return null;
  return (
    <Card title={words.netCancels}>
      <ol className="steps">
        {netCancels.map(({ id, reason, lastCode, createdAt, canceledAt }) => (
          <li key={id} data-tone={canceledAt ? 'good' : 'warn'}>
            <span className="row">
              <code>{reason}</code>{' '}
              <Badge tone={canceledAt ? 'good' : 'warn'}>
                {canceledAt ? words.netCancelDone : words.netCancelPending}
              </Badge>
            </span>
            {lastCode && (
              <span>
                {words.lastCode} <code>{lastCode}</code>
              </span>
            )}
            <span className="small soft">{exactTime(canceledAt ?? createdAt)}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
