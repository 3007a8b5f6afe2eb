/**
 * Owns: Toss's URLs, headers, JSON, codes and names.
 * Does not own: what an outcome means for an order (workflows).
 * Always true: whatever Toss or the network does comes back as a value; only a documented refusal is a decline.
 */
export { TOSS_CAPABILITIES } from './capabilities.ts';
export { TossProvider } from './toss-provider.ts';
export { bankCodeOf, bankName, describePaymentMethod, UNKNOWN_METHOD, type Name } from './institutions.ts';
export { TossModule } from './toss.module.ts';
export { windowFailure } from './window-failure.ts';
export { explain } from './code-meaning.ts';
