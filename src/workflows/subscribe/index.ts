/**
 * Owns: subscribing with a card on file: the first charge, or a trial.
 * Does not own: later charges (renew).
 * Always true: a buyer has at most one live subscription, and one charge under way.
 */
export { SubscribeModule } from './subscribe.module.ts';
