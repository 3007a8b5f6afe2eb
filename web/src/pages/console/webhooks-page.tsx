import { useState } from 'react';
import { answerOf, api, type WebhookEvent } from '../../api/client.ts';
import { Choose } from '../../ui/field.tsx';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { news } from './news-words.ts';
import { Webhook } from './webhook.tsx';

const STATUSES = ['PENDING', 'PROCESSED', 'UNHANDLED', 'FAILED', 'DISMISSED'] satisfies WebhookEvent['status'][];

export function WebhooksPage() {
  const words = useWords(news);
  const [status, setStatus] = useState<WebhookEvent['status']>();
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.webhooksTitle}</h1>
        <Choose
          label={words.status}
          value={status ?? ''}
          onChange={(value) => setStatus(STATUSES.find((each) => each === value))}
          choices={[{ value: '', text: words.all }, ...STATUSES.map((value) => ({ value, text: words[value] }))]}
        />
      </div>
      <p className="soft">{words.webhooksHint}</p>
      <Card label={words.webhooksTitle}>
        <Pages
          queryKey={['webhooks', status]}
          ask={(cursor) => answerOf(api.GET('/v1/webhook-events', { params: { query: { status, cursor } } }))}
          empty={words.noWebhooks}
        >
          {(events) => (
            <ol className="steps">
              {events.map((event) => (
                <Webhook key={event.id} event={event} />
              ))}
            </ol>
          )}
        </Pages>
      </Card>
    </div>
  );
}

/** What Toss told about one order. */
export function WebhooksOf({ orderId }: { orderId: string }) {
  const words = useWords(news);
  return (
    <Card title={words.webhooksTitle}>
      <Pages
        queryKey={['webhooks', 'of', orderId]}
        ask={(cursor) => answerOf(api.GET('/v1/webhook-events', { params: { query: { orderId, cursor } } }))}
        empty={words.noWebhooks}
      >
        {(events) => (
          <ol className="steps">
            {events.map((event) => (
              <Webhook key={event.id} event={event} link={false} />
            ))}
          </ol>
        )}
      </Pages>
    </Card>
  );
}
