import { GRACE_DAYS } from '../subscriptions/index.ts';
import { isoInstant, type Sql, sql } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import type { Outbox } from '../outbox/index.ts';

const whose = { userId: sql`user_id`, subscriptionId: sql`id` };

const endDate = sql`jsonb_build_object('endDate', ${isoInstant(sql`end_date`)})`;
const removed = { type: 'subscription.card_removed' as const, ...whose, data: endDate };

/** The job that charges what is due: see renewals. */
const RENEW = 'renew-subscriptions';

/**
 * What renews itself renews from another card; what is past due is charged at once. The rest of a statement whose
 * `issued (id, user_id)` is that card.
 *
 * @param which of the buyer's subscriptions; all that renew, or should, unless told
 */
export function moveSubscriptionsTo(
  outbox: Outbox,
  now: Date,
  which = sql`(payment_method_id IS NOT NULL OR past_due_since IS NOT NULL)`,
): Sql {
  return sql`
    moved AS (
      UPDATE subscription SET payment_method_id = issued.id, version = version + 1,
        next_charge_at = CASE WHEN past_due_since IS NOT NULL AND renewal_order_id IS NULL AND NOT cancel_at_period_end THEN ${now}::timestamptz ELSE next_charge_at END
      FROM issued
      WHERE subscription.user_id = issued.user_id AND is_active AND ${which} AND payment_method_id IS DISTINCT FROM issued.id
      RETURNING subscription.id, subscription.user_id, subscription.payment_method_id, past_due_since
    ), told AS (
      ${outbox.message({ type: 'subscription.card_changed', ...whose, data: sql`jsonb_build_object('billingKeyId', payment_method_id)` }, sql`moved`, now)}
    ), job AS (${JobsService.enqueue(RENEW, {}, 0, sql`moved WHERE past_due_since IS NOT NULL`, RENEW)})
    SELECT (SELECT count(*) FROM job), (SELECT count(*) FROM moved)`;
}

/** Without a card nothing is charged, and the subscription ends with its period, or its grace. The rest of a statement whose `deleted (id)` is the card. */
export function takeFromSubscriptions(outbox: Outbox, now: Date): Sql {
  return sql`
    , bereft AS (
      UPDATE subscription SET payment_method_id = NULL, next_charge_at = NULL, grace_until = COALESCE(grace_until, past_due_since + make_interval(days => ${GRACE_DAYS})), version = version + 1
      FROM deleted WHERE payment_method_id = deleted.id
      RETURNING subscription.id, user_id, end_date, is_active
    )
    ${outbox.message(removed, sql`bereft WHERE is_active`, now)}`;
}
