import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, resultOf, type WebhookEvent } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Badge, Facts, type Tone } from '../../../ui/parts.tsx';
import { Failure } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { consoleWords } from '../console-words.ts';
import { JsonBody } from '../json-body.tsx';
import { OrderLink } from '../order-link.tsx';
import { DismissWebhook } from './dismiss-webhook.tsx';
import { webhookWords } from './webhook-words.ts';

const TONES = {
  PENDING: 'warn',
  PROCESSED: 'good',
  UNHANDLED: 'plain',
  FAILED: 'bad',
  DISMISSED: 'plain',
} satisfies Record<WebhookEvent['status'], Tone>;

/** One webhook from Toss, its result, and the buttons to replay or dismiss it. */
export function Webhook({ event, showOrder = true }: { event: WebhookEvent; showOrder?: boolean }) {
  const words = useWords(webhookWords);
  const { order, showBody } = useWords(consoleWords);
  const { exactTime, number } = useFormat();
  const queries = useQueryClient();
  const replaying = useMutation({
    mutationFn: () => resultOf(api.POST('/v1/webhook-events/{id}/replay', { params: { path: { id: event.id } } })),
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
        {(event.status === 'FAILED' || event.status === 'PENDING') && <DismissWebhook event={event} />}
        <span role="status">{replaying.isSuccess && words.replayed}</span>
      </span>
      <Facts
        facts={[
          [order, showOrder && event.orderId && <OrderLink orderId={event.orderId} />],
          [words.receivedAt, exactTime(event.createdAt)],
          [words.processedAt, event.processedAt && exactTime(event.processedAt)],
          [words.result, event.note],
          [words.attempts, event.attempts > 1 && number(event.attempts)],
          [words.retried, event.retriedCount > 0 && number(event.retriedCount)],
        ]}
      />
      {event.data === null ? (
        <p className="soft">{words.noBody}</p>
      ) : (
        <JsonBody summary={showBody} value={event.data} />
      )}
      {replaying.error && <Failure error={replaying.error} />}
    </li>
  );
}
