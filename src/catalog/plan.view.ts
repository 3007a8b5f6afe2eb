import { z } from 'zod';
import { PlanType } from '../platform/database/index.ts';
import type { Plan } from './plan.ts';

export const planView = z
  .object({
    id: z.int(),
    type: z.enum(PlanType),
    name: z.string(),
    price: z.int().nullable().describe('whole won; null: the buyer names the amount'),
    currency: z.string(),
    durationMonths: z.int().nullable().describe('null: an event, which grants no time'),
    isActive: z.boolean(),
  })
  .meta({ id: 'Plan' });

export function viewPlan(plan: Plan): z.infer<typeof planView> {
  const { id, type, name, price, currency, durationMonths, isActive } = plan;
  return { id, type, name, price, currency, durationMonths, isActive };
}
