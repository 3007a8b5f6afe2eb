import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answerOf, api, type WebhookEvent } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Facts, type Tone } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { Dismiss } from './dismiss.tsx';
import { news } from './news-words.ts';

const TONES = {
  PENDING: 'warn',
  PROCESSED: 'good',
  UNHANDLED: 'plain',
  FAILED: 'bad',
  DISMISSED: 'plain',
} satisfies Record<WebhookEvent['status'], Tone>;

/** One of Toss's messages, what came of it, and another try. */
export function Webhook({ event, link = true }: { event: WebhookEvent; link?: boolean }) {
  const words = useWords(news);
  const { exactTime, number } = useFormat();
  const queries = useQueryClient();
  const replaying = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/webhook-events/{id}/replay', { params: { path: { id: event.id } } })),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <li data-tone={TONES[event.status]}>
      <span className="row">
        <strong>{event.type}</strong> <Badge tone={TONES[event.status]}>{words[event.status]}</Badge>
        <Button
          small
          aria-label={words.replayOf(event.type)}
          onPress={() => replaying.mutate()}
          isPending={replaying.isPending}
        >
          {words.replay}
        </Button>
        {(event.status === 'FAILED' || event.status === 'PENDING') && <Dismiss event={event} />}
        <span role="status">{replaying.isSuccess && words.replayed}</span>
      </span>
      <Facts
        facts={[
          [
            words.order,
            link && event.orderId && (
              <Link to="/console/payments/$orderId" params={{ orderId: event.orderId }}>
                {event.orderId}
              </Link>
            ),
          ],
          [words.receivedAt, exactTime(event.createdAt)],
          [words.processedAt, event.processedAt && exactTime(event.processedAt)],
          [words.note, event.note],
          [words.tries, event.attempts > 1 && number(event.attempts)],
          [words.retried, event.retriedCount > 0 && number(event.retriedCount)],
        ]}
      />
      {event.data === null ? (
        <p className="soft">{words.digestOnly}</p>
      ) : (
        <details>
          <summary>{words.body}</summary>
          <pre className="body" tabIndex={0}>
            {JSON.stringify(event.data, null, 2)}
          </pre>
        </details>
      )}
      {replaying.error && <Failure error={replaying.error} />}
    </li>
  );
}
