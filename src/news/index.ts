/**
 * Owns: the way of all news about a payment into the books.
 * Does not own: how it came (webhooks, reconciliation), nor what it does (payments, refunds).
 * Always true: only what Toss itself shows when it is asked is news; the order in which it comes does not matter.
 */
export { NewsModule } from './news.module.ts';
export { type Heard, TossNews } from './toss-news.ts';
