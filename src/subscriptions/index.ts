/**
 * Owns: who has time, from when to when; what they agreed to pay for the next; the balance.
 * Does not own: how it is paid (payments), nor when a card is charged (renewals).
 * Always true: a user has at most one live subscription. A period belongs to one paid order, or is a trial, a change that
 * cost nothing, or paid from the balance. A change of a plan's price or months reaches no subscription.
 */
export { type OrderedChange, SubscriptionChanges } from './changes.service.ts';
export { amountToCharge, amountToChargeSql, availableBalance, Balance, LEAST_CHARGE } from './balance.ts';
export { balanceEntry, isContention, SubscriptionGrants } from './grant.ts';
export { RenewalTerms } from './renewal-terms.ts';
export type { Bought, Held } from './purchase.ts';
export { chargeTerms, type Terms } from './terms.ts';
export {
  changeQuoteView,
  periodView,
  type SubscriptionView,
  subscriptionView,
  viewPeriod,
  viewSubscription,
} from './subscription.view.ts';
export { SubscriptionsModule } from './subscriptions.module.ts';
export { stopCharge, SubscriptionsService, type SubscriptionWithPlan } from './subscriptions.service.ts';
export { type OrderRefund, SubscriptionTakeBacks } from './take-backs.service.ts';
export { GRACE_DAYS } from './grace.ts';
