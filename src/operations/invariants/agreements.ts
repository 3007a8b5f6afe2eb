import { invariant } from './invariant.ts';

/** A subscription is what was paid for, and what is charged is what was agreed. */
export const AGREEMENT_INVARIANTS = [
  invariant({
    name: 'plans_are_those_in_force',
    says: 'the plan of an active subscription is the plan of the period in force',
    uses: ['now'],
    // A period that began within the last minute is taken over by the next job.
    sql: `
      SELECT count(*) AS broken
      FROM subscription JOIN subscription_period period ON period.subscription_id = subscription.id
      WHERE subscription.is_active AND period.voided_at IS NULL
        AND period.starts_at <= :now::timestamptz - interval '1 minute'
        AND period.ends_at > :now::timestamptz AND period.plan_id <> subscription.plan_id`,
  }),
  invariant({
    name: 'plan_switches_are_planned',
    says: 'where a paid period of another plan is to come, the subscription switches to it when it begins',
    uses: ['now'],
    sql: `
      SELECT count(*) AS broken FROM (
        SELECT DISTINCT ON (subscription.id)
          subscription.id, subscription.switch_at, subscription.switch_plan_id, period.starts_at, period.plan_id
        FROM subscription LEFT JOIN subscription_period period
          ON period.subscription_id = subscription.id AND period.voided_at IS NULL
          AND period.starts_at > :now::timestamptz AND period.plan_id <> subscription.plan_id
        WHERE subscription.is_active AND (subscription.switch_at IS NULL OR subscription.switch_at > :now::timestamptz)
        ORDER BY subscription.id, period.starts_at
      ) planned WHERE starts_at IS DISTINCT FROM switch_at OR plan_id IS DISTINCT FROM switch_plan_id`,
  }),
  invariant({
    name: 'renewals_charge_what_was_agreed',
    says: 'a paid renewal charged no more than the agreed price, for the plan and the months that were granted',
    sql: `
      SELECT count(*) AS broken FROM invoice JOIN subscription_period period USING (order_id)
      WHERE invoice.subscription_id IS NOT NULL AND (invoice.amount > period.list_price
        OR invoice.amount + invoice.balance_used > period.list_price
        OR invoice.plan_id <> period.plan_id OR invoice.duration_months <> period.months)`,
  }),
  invariant({
    name: 'buyers_wait_for_open_charges_only',
    says: 'a charge that other payments of a buyer wait for is pending, and was not stopped',
    sql: `
      SELECT count(*) AS broken FROM customer JOIN payment ON payment.order_id = customer.charging_order_id
      WHERE payment.status <> 'PENDING' OR payment.stopped_at IS NOT NULL OR payment.user_id <> customer.user_id`,
  }),
];
