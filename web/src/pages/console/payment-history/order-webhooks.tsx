import { api, resultOf } from '../../../api/client.ts';
import { Pages } from '../../../ui/pages.tsx';
import { Card } from '../../../ui/parts.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { Webhook } from '../webhooks/webhook.tsx';
import { webhookWords } from '../webhooks/webhook-words.ts';

/** The webhooks about one order. */
export function OrderWebhooks({ orderId }: { orderId: string }) {
  const words = useWords(webhookWords);
  return (
    <Card title={words.title}>
      <Pages
        queryKey={['webhooks', 'of', orderId]}
        fetchPage={(cursor) => resultOf(api.GET('/v1/webhook-events', { params: { query: { orderId, cursor } } }))}
        empty={words.empty}
      >
        {(events) => (
          <ol className="steps">
            {events.map((event) => (
              <Webhook key={event.id} event={event} showOrder={false} />
            ))}
          </ol>
        )}
      </Pages>
    </Card>
  );
}
