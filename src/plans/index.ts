/**
 * Owns: what can be bought, its price and its months.
 * Does not own: what an order promised; the order carries that itself.
 * Always true: a plan is never deleted, and a changed price touches nothing that exists.
 */
export { planView, viewPlan } from './plans.controller.ts';
export { PlansModule } from './plans.module.ts';
export { PlansService } from './plans.service.ts';
