/**
 * Owns: the requests that take money, and finding out what became of one.
 * Does not own: what an outcome means (record-outcome).
 * Always true: nothing is requested that was not committed first; a charge that its buyer stopped is not requested
 * again.
 */
export { ProviderRequests } from './provider-requests.ts';
export { RequestPaymentModule } from './request-payment.module.ts';
