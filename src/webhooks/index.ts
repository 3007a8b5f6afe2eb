/**
 * Owns: what Toss tells us unasked: keeping it, and going to look.
 * Does not own: what is found there (news).
 * Always true: Toss hears 200 once it is stored, however slow everything behind it is; a body is never believed.
 */
export { placeOfWebhook } from './inbox.ts';
export { WebhooksModule } from './webhooks.module.ts';
export { WebhookProcessing } from './webhook-processing.ts';
