import type { PaymentStory } from '../../api/client.ts';
import { Badge, Card, type Tone } from '../../ui/parts.tsx';
import { Empty } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { story as storyWords } from './story-words.ts';

type Outcome = NonNullable<PaymentStory['attempts'][number]['outcome']> | 'UNDER_WAY';
const TONES = {
  APPROVED: 'good',
  DECLINED: 'bad',
  REFUSED: 'bad',
  MISMATCHED: 'bad',
  UNKNOWN: 'warn',
  UNDER_WAY: 'warn',
} satisfies Record<Outcome, Tone>;

/** Each asking of Toss and its answer, then the money that went back by itself. */
export function Attempts({ story: { attempts, netCancels } }: { story: PaymentStory }) {
  const words = useWords(storyWords);
  const { exactTime } = useFormat();
  return (
    <>
      <Card title={words.attempts}>
        {attempts.length === 0 && <Empty>{words.noAttempts}</Empty>}
        <ol className="steps">
          {attempts.map((attempt) => {
            const outcome: Outcome = attempt.outcome ?? 'UNDER_WAY';
            return (
              <li key={attempt.number} data-tone={TONES[outcome]}>
                <span className="row">
                  <strong>{words.attempt(attempt.number)}</strong> <Badge tone={TONES[outcome]}>{words[outcome]}</Badge>
                </span>
                {attempt.code && (
                  <span>
                    <code>{attempt.code}</code> {attempt.message}
                  </span>
                )}
                <span className="small soft">
                  {words.asked(exactTime(attempt.askedAt))}
                  {attempt.answeredAt && ` · ${words.answered(exactTime(attempt.answeredAt))}`}
                </span>
                {attempt.paymentKey && <code className="soft">{attempt.paymentKey}</code>}
                {attempt.requestId && (
                  <span className="small soft">
                    {words.request} <code>{attempt.requestId}</code>
                  </span>
                )}
              </li>
            );
          })}
        </ol>
      </Card>
      {netCancels.length > 0 && (
        <Card title={words.netCancels}>
          <ol className="steps">
            {netCancels.map((netCancel) => (
              <li key={netCancel.id} data-tone={netCancel.canceledAt ? 'good' : 'warn'}>
                <span className="row">
                  <code>{netCancel.reason}</code>{' '}
                  <Badge tone={netCancel.canceledAt ? 'good' : 'warn'}>
                    {netCancel.canceledAt ? words.done : words.PENDING}
                  </Badge>
                </span>
                {netCancel.lastCode && (
                  <span>
                    {words.lastCode} <code>{netCancel.lastCode}</code>
                  </span>
                )}
                <span className="small soft">{exactTime(netCancel.canceledAt ?? netCancel.createdAt)}</span>
              </li>
            ))}
          </ol>
        </Card>
      )}
    </>
  );
}
