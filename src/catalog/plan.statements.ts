import { type PlanType, statement, t } from '../platform/database/index.ts';
import { planColumns, priceColumns } from './plan.columns.ts';

const row = { plan: t.row(planColumns), price: t.row(priceColumns) };

export const LIST = statement('plans.list', {
  params: {},
  row,
  sql: `
    SELECT to_jsonb(plan) AS plan, to_jsonb(price) AS price FROM plan JOIN price ON price.id = plan.price_id
    ORDER BY plan.id`,
});

export const READ = statement('plans.read', {
  params: { ids: t.list(t.int) },
  row,
  sql: `
    SELECT to_jsonb(plan) AS plan, to_jsonb(price) AS price FROM plan JOIN price ON price.id = plan.price_id
    WHERE plan.id = ANY(:ids::int[])`,
});

/** By a statement of its own: a join that waits for the row would look for the new price among what it saw before. */
export const LOCK = statement('plans.lock', {
  params: { id: t.int },
  row: { id: t.int },
  sql: `SELECT id FROM plan WHERE id = :id::int FOR NO KEY UPDATE`,
});

/** A plan and its price name each other, and so are inserted by one statement, at whose end both keys are checked. */
export const INSERT = statement('plans.insert', {
  params: {
    type: t.oneOf<PlanType>('PlanType'),
    name: t.text,
    price: t.nullable(t.int),
    durationMonths: t.nullable(t.int),
  },
  row,
  sql: `
    WITH priced AS (
      INSERT INTO price (plan_id, plan_type, amount, duration_months)
      VALUES (nextval(pg_get_serial_sequence('plan', 'id')), :type::"PlanType", :price::int, :durationMonths::int)
      RETURNING *
    ), made AS (
      INSERT INTO plan (id, type, name, price_id) SELECT plan_id, plan_type, :name, id FROM priced RETURNING *
    )
    SELECT to_jsonb(made) AS plan, to_jsonb(priced) AS price FROM made CROSS JOIN priced`,
});
