/**
 * Owns: what can be bought, its price and its months.
 * Does not own: what an order promised, or a subscriber agreed to; the order and the subscription carry that themselves.
 * Always true: a plan is never deleted. A change of its price or months, up or down, reaches no order, payment or
 * subscription that exists.
 */
export { planView, viewPlan } from './plans.controller.ts';
export { PlansModule } from './plans.module.ts';
export { PlansService } from './plans.service.ts';
export { planColumns } from './plan.columns.ts';
