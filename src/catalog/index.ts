/**
 * Owns: what can be bought, its price and its months.
 * Does not own: what an order quoted, or a subscriber agreed to; the order and the subscription keep that themselves.
 * Always true: a plan is never deleted. A change of its price or months, up or down, reaches no order, payment or
 * subscription that exists.
 */
export { planColumns } from './plan.columns.ts';
export { planView, viewPlan } from './plan.view.ts';
export { PlansModule } from './plans.module.ts';
export { PlansService } from './plans.service.ts';
