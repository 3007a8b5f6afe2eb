/**
 * Owns: Toss's URLs, headers, JSON, codes and names.
 * Does not own: what an outcome means for an order (workflows).
 * Always true: whatever Toss or the network does comes back as a value; only a documented refusal is a decline.
 */
export { koreanReason, classOf, type ErrorClass } from './error-class.ts';
export type { CardVerdict } from '../outcome.ts';
export { cardVerdictOf, refusesOurKey } from './until-switched.ts';
export { TOSS_CAPABILITIES } from './capabilities.ts';
export { paymentFrom } from './from-toss.ts';
export { TossProvider } from './toss-provider.ts';
export {
  bankCodeOf,
  bankName,
  describePaymentMethod,
  describePaymentMethod as paymentMethodName,
  UNKNOWN_METHOD,
  type Name,
} from './institutions.ts';
export { type Look, type Outcome, type Reading, readingOf } from './outcome.ts';
export type { TossError, TossPayment, TossTransaction } from './payment.schema.ts';
export type { Issued } from './billing.schema.ts';
export { type ChargeableCard, type Pair, type RefundReceiveAccount, TossClient } from './toss.client.ts';
export { TossModule } from './toss.module.ts';
export { windowFailure } from './window-failure.ts';
export { explain } from './code-meaning.ts';
