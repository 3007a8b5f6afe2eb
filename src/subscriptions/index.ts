/**
 * Owns: what may be used, from when to when; what a buyer agreed to pay for what follows, and consented to; the
 * state of its renewal. Does not own: how it is paid (payments), the balance (customers), nor when a charge is made
 * (workflows/renew). Always true: a user has at most one live subscription. A period belongs to one paid order, or is a
 * trial, a change that cost nothing, or paid from the balance. A change of a plan's price or months reaches no
 * subscription.
 */
export { chargeTerms, type Terms } from './agreement.ts';
export { type OrderedChange, termsOf } from './change-quote.ts';
export { ChargeDate } from './charge-date.ts';
export * from './dunning.policy.ts';
export { type Grant, grantPurchase, grantTrial } from './grant.ts';
export { PeriodEnds } from './period-ends.service.ts';
export { PlanQuotes, type WantedChange } from './plan-quotes.service.ts';
export type { CurrentSubscription, PurchaseTerms } from './purchase.ts';
export { RenewalNotices } from './renewal-notices.ts';
export { type Pause, RenewalSwitch } from './renewal-switch.ts';
export { decideRenewal, type EarlierOrder, type RenewalDecision, type RenewalFacts } from './renewal.policy.ts';
export { type Renewal, RenewalRepository } from './renewal.repository.ts';
export { periodColumns, subscriptionColumns } from './subscription.columns.ts';
export * from './subscription.machine.ts';
export { SubscriptionRepository, type SubscriptionWithPlan } from './subscription.repository.ts';
export {
  knownSubscription,
  periodView,
  subscriptionIdParam,
  subscriptionView,
  viewPeriod,
  viewQuote,
  viewSubscription,
  viewWithPlan,
} from './subscription.view.ts';
export { SubscriptionsModule } from './subscriptions.module.ts';
export { SubscriptionsService } from './subscriptions.service.ts';
export { type RefundedOrder, Revocations } from './revocations.service.ts';
export type { Revocation } from './revoke.ts';
