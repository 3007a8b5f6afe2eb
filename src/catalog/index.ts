/**
 * Owns: what can be bought, and the versions of its price and months.
 * Does not own: what an order quoted, or a subscriber agreed to; the order and the subscription keep that themselves.
 * Always true: a plan is never deleted, and a version of its price never changed. A change of its price or months, up
 * or down, inserts a version; it reaches no order, payment or subscription that exists.
 */
export { planColumns, priceColumns } from './plan.columns.ts';
export { type Plan, planOf } from './plan.ts';
export { planView, viewPlan } from './plan.view.ts';
export { PlansModule } from './plans.module.ts';
export { PlansService } from './plans.service.ts';
