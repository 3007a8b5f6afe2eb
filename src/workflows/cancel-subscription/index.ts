/**
 * Ends a subscription with its period, and the charge that is under way for the next one; or lets it go on. A cancel is
 * obeyed even while the outcome of a charge is unknown.
 */
export { CancelSubscriptionModule } from './cancel-subscription.module.ts';
