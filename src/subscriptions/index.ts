/**
 * Owns: who has time, from when to when; what they agreed to pay for the next; the balance.
 * Does not own: how it is paid (payments), nor when a card is charged (renewals).
 * Always true: a user has at most one live subscription. A period belongs to one paid order, or is a trial, a change that
 * cost nothing, or paid from the balance. A change of a plan's price or months reaches no subscription.
 */
export { agreedTerms, chargeTerms, type Terms } from './agreement.ts';
export { ChargeDate } from './charge-date.ts';
export { type OrderedChange, SubscriptionChanges } from './changes.service.ts';
export * from './dunning.policy.ts';
export { type Grant, type GrantEvent, grantPurchase, grantTrial } from './grant.ts';
export type { CurrentSubscription, PurchaseTerms } from './purchase.ts';
export * from './subscription.machine.ts';
export { type Decision, decideRenewal, type EarlierOrder, type RenewalFacts } from './renewal.policy.ts';
export { type RenewalState, renewalStateOf, statusOf, type SubscriptionStatus } from './subscription.status.ts';
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
export { type RefundedOrder, Revocations } from './revocations.service.ts';
export type { Revocation } from './revoke.ts';
// For payments and renewals, until they write rows themselves.
export { amountToCharge, MIN_CHARGE as LEAST_CHARGE } from '../pricing/index.ts';
export { amountToChargeSql, availableBalance, Balance } from './balance.ts';
export { balanceEntry, type Bought, type Held, isContention, RenewalTerms, SubscriptionGrants } from './legacy.ts';
