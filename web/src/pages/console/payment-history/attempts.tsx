import type { PaymentHistory } from '../../../api/client.ts';
import { Badge, Card, type Tone } from '../../../ui/parts.tsx';
import { Empty } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { attemptWords } from './payment-history-words.ts';

type Attempt = PaymentHistory['attempts'][number];
type Outcome = NonNullable<Attempt['outcome']> | 'IN_PROGRESS';

const TONES = {
  APPROVED: 'good',
  DECLINED: 'bad',
  REFUSED: 'bad',
  MISMATCHED: 'bad',
  UNKNOWN: 'warn',
  IN_PROGRESS: 'warn',
} satisfies Record<Outcome, Tone>;

/** Each request to Toss with its response. */
export function Attempts({ attempts }: { attempts: Attempt[] }) {
  const words = useWords(attemptWords);
  return (
    <Card title={words.title}>
      {attempts.length === 0 && <Empty>{words.empty}</Empty>}
      <ol className="steps">
        {attempts.map((attempt) => (
          <AttemptItem key={attempt.number} attempt={attempt} />
        ))}
      </ol>
    </Card>
  );
}

function AttemptItem({ attempt }: { attempt: Attempt }) {
  const words = useWords(attemptWords);
  const { exactTime } = useFormat();
  const outcome: Outcome = attempt.outcome ?? 'IN_PROGRESS';
  return (
    <li data-tone={TONES[outcome]}>
      <span className="row">
        <strong>{words.attempt(attempt.number)}</strong> <Badge tone={TONES[outcome]}>{words[outcome]}</Badge>
      </span>
      {attempt.code && (
        <span>
          <code>{attempt.code}</code> {attempt.message}
        </span>
      )}
      <span className="small soft">
        {words.requestedAt(exactTime(attempt.askedAt))}
        {attempt.answeredAt && ` · ${words.respondedAt(exactTime(attempt.answeredAt))}`}
      </span>
      {attempt.paymentKey && <code className="soft">{attempt.paymentKey}</code>}
      {attempt.requestId && (
        <span className="small soft">
          {words.requestId} <code>{attempt.requestId}</code>
        </span>
      )}
    </li>
  );
}
