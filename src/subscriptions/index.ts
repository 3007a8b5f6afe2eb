/**
 * Owns: who has paid time, from when to when.
 * Does not own: how it was paid.
 * Always true: a user has at most one live subscription, and every period belongs to one paid order.
 */
export { type OrderedChange, SubscriptionChanges } from './changes.service.ts';
export { amountToCharge, amountToChargeSql, availableBalance, Balance, LEAST_CHARGE } from './balance.ts';
export { balanceEntry, isContention, SubscriptionGrants } from './grant.ts';
export { RenewalTerms } from './renewal-terms.ts';
export type { Bought, Held } from './purchase.ts';
export { chargeTerms, type Terms } from './terms.ts';
export { changeQuoteView, periodView, type SubscriptionView, subscriptionView, viewPeriod, viewSubscription } from './subscription.view.ts';
export { SubscriptionsModule } from './subscriptions.module.ts';
export { stopCharge, SubscriptionsService, type SubscriptionWithPlan } from './subscriptions.service.ts';
export { type OrderRefund, SubscriptionTakeBacks } from './take-backs.service.ts';
