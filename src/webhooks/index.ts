/**
 * Owns: webhooks that the provider sends: storing them, and retrieving what they are about.
 * Does not own: what is recorded of a retrieved payment (workflows/sync-payment).
 * Always true: what is about an order of ours is stored before it is answered, whatever else comes.
 * A body is never believed.
 */
export { SEALED_WEBHOOK_BODIES } from './incoming-webhooks.ts';
export { WebhooksModule } from './webhooks.module.ts';
export { WebhookProcessing } from './webhook-processing.ts';
export { WebhookPurge } from './webhook-purge.ts';
