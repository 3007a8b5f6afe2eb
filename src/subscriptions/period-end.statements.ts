import { statement, t } from '../platform/database/index.ts';

/** Neither is a charge planned nor one under way: what a card pays for next goes on. */
const NOTHING_FOLLOWS = 'next_charge_at IS NULL AND renewal_order_id IS NULL';
const NO_GRACE = '(grace_until IS NULL OR cancel_at_period_end)';

const expire = (name: string, whenLocked: string) =>
  statement(name, {
    params: { midnight: t.instant, limit: t.long },
    row: { id: t.uuid, userId: t.text, planId: t.int, endDate: t.instant },
    sql: `
      UPDATE subscription SET is_active = false, renewal_state = 'NONE', renewal_held_at = NULL,
        renewal_held_reason = NULL, version = version + 1,
        status = (CASE WHEN cancel_at_period_end THEN 'CANCELED' ELSE 'EXPIRED' END)::"SubscriptionStatus"
      WHERE id = ANY(ARRAY(
        SELECT id FROM subscription
        WHERE is_active AND end_date <= :midnight::timestamptz AND ${NOTHING_FOLLOWS}
          AND (${NO_GRACE} OR grace_until <= :midnight::timestamptz)
        ORDER BY end_date, id LIMIT :limit FOR UPDATE ${whenLocked}))
      RETURNING id, user_id, plan_id, end_date`,
  });

/** Ends what ran out before a midnight, past what others have locked. */
export const EXPIRE_UNLOCKED = expire('subscriptions.expire_unlocked', 'SKIP LOCKED');
/** The same, waiting for what others have locked. */
export const EXPIRE = expire('subscriptions.expire', '');

export const NEXT_EXPIRY = statement('subscriptions.next_expiry', {
  params: {},
  row: { due: t.nullable(t.instant) },
  sql: `
    SELECT LEAST(
      (SELECT min(end_date) FROM subscription WHERE is_active AND ${NOTHING_FOLLOWS} AND ${NO_GRACE}),
      (SELECT min(GREATEST(end_date, grace_until)) FROM subscription
        WHERE is_active AND ${NOTHING_FOLLOWS} AND NOT ${NO_GRACE})) AS due`,
});

/** Where a paid period of another plan has begun, its plan becomes the current one. */
export const SWITCH_PLANS = statement('subscriptions.switch_plans', {
  params: { now: t.instant, limit: t.long },
  row: { id: t.uuid, userId: t.text, planId: t.int },
  sql: `
    WITH due AS (
      SELECT id FROM subscription WHERE is_active AND switch_at <= :now::timestamptz
      ORDER BY switch_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE subscription SET plan_id = in_force.plan_id, switch_at = following.starts_at,
      switch_plan_id = following.plan_id, version = version + 1
    FROM due
    CROSS JOIN LATERAL (
      SELECT plan_id FROM subscription_period
      WHERE subscription_id = due.id AND voided_at IS NULL AND starts_at <= :now::timestamptz
      ORDER BY starts_at DESC LIMIT 1) in_force
    LEFT JOIN LATERAL (
      SELECT starts_at, plan_id FROM subscription_period
      WHERE subscription_id = due.id AND voided_at IS NULL AND starts_at > :now::timestamptz
        AND plan_id <> in_force.plan_id
      ORDER BY starts_at LIMIT 1) following ON true
    WHERE subscription.id = due.id
    RETURNING subscription.id, subscription.user_id, subscription.plan_id`,
});

export const NEXT_SWITCH = statement('subscriptions.next_switch', {
  params: {},
  row: { due: t.nullable(t.instant) },
  sql: `SELECT min(switch_at) AS due FROM subscription WHERE is_active AND switch_at IS NOT NULL`,
});
