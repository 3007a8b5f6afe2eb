import { api, resultOf, type WebhookEvent } from '../../../api/client.ts';
import { useWords } from '../../../words/dictionary.ts';
import { StatusListPage } from '../status-list-page.tsx';
import { Webhook } from './webhook.tsx';
import { webhookWords } from './webhook-words.ts';

const STATUSES = ['PENDING', 'PROCESSED', 'UNHANDLED', 'FAILED', 'DISMISSED'] satisfies WebhookEvent['status'][];

export function WebhooksPage() {
  return (
    <StatusListPage
      queryKey="webhooks"
      words={useWords(webhookWords)}
      statuses={STATUSES}
      fetchPage={(query) => resultOf(api.GET('/v1/webhook-events', { params: { query } }))}
    >
      {(event) => <Webhook key={event.id} event={event} />}
    </StatusListPage>
  );
}
