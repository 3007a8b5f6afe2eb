/**
 * Changes the plan of a subscription where no payment is needed: schedules it for the period's end, or takes over now
 * for a difference that is too small to charge. A change that must be paid is ordered (temp-orders).
 */
export { ChangePlanModule } from './change-plan.module.ts';
