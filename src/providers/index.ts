/**
 * Owns: the connection to payment providers, and their words, codes and names.
 * Does not own: what an outcome means for an order (workflows).
 * Always true: whatever a provider or the network does comes back as a value; only a documented refusal is a decline.
 */
export type * from './provider.port.ts';
export { outcomeOf, refusalIn } from './outcome.ts';
export { PAYMENT_PROVIDER, ProvidersModule } from './providers.module.ts';
// The provider in use. There is one; rows name theirs.
export {
  explain,
  bankCodeOf,
  bankName,
  describePaymentMethod,
  type Name,
  TOSS_CAPABILITIES as CAPABILITIES,
  UNKNOWN_METHOD,
  windowFailure,
} from './toss/index.ts';
