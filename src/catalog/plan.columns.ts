import { type Plan, type PlanType, t, type Type } from '../platform/database/index.ts';

/** The columns of a row of `plan`, for declared statements. */
export const planColumns = {
  id: t.int,
  type: t.oneOf<PlanType>('PlanType'),
  name: t.text,
  price: t.nullable(t.int),
  currency: t.text,
  durationMonths: t.nullable(t.int),
  isActive: t.bool,
  createdAt: t.instant,
  updatedAt: t.instant,
} satisfies { [Name in keyof Plan]: Type<Plan[Name]> };
