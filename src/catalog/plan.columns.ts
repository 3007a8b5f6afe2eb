import { type Plan, type PlanType, type Price, t, type Type } from '../platform/database/index.ts';

/** The columns of a row of `plan`, for declared statements. */
export const planColumns = {
  id: t.int,
  type: t.oneOf<PlanType>('PlanType'),
  name: t.text,
  priceId: t.int,
  isActive: t.bool,
  createdAt: t.instant,
  updatedAt: t.instant,
} satisfies { [Name in keyof Plan]: Type<Plan[Name]> };

/** The columns of a row of `price`. */
export const priceColumns = {
  id: t.int,
  planId: t.int,
  planType: t.oneOf<PlanType>('PlanType'),
  amount: t.nullable(t.int),
  currency: t.text,
  durationMonths: t.nullable(t.int),
  createdAt: t.instant,
} satisfies { [Name in keyof Price]: Type<Price[Name]> };
