import { type Sql, sql } from '../db/index.ts';
import { JobsService } from '../jobs/index.ts';

/** The job that charges what is due: see renewals. */
const RENEW = 'renew-subscriptions';

/**
 * What renews itself renews from the buyer's newest card; what is past due is charged at once. The rest of a statement whose
 * `issued (id, user_id)` is that card.
 */
export function moveSubscriptionsTo(now: Date): Sql {
  return sql`
    moved AS (
      UPDATE subscription SET billing_key_id = issued.id, version = version + 1,
        next_charge_at = CASE WHEN past_due_since IS NOT NULL AND renewal_order_id IS NULL AND NOT cancel_at_period_end THEN ${now}::timestamptz ELSE next_charge_at END
      FROM issued
      WHERE subscription.user_id = issued.user_id AND is_active AND billing_key_id IS NOT NULL AND billing_key_id <> issued.id
      RETURNING subscription.id, subscription.user_id, subscription.billing_key_id, past_due_since
    ), told AS (
      INSERT INTO message (type, user_id, subscription_id, data, created_at)
      SELECT 'subscription.card_changed', user_id, id, jsonb_build_object('billingKeyId', billing_key_id), ${now}::timestamptz FROM moved
    ), job AS (${JobsService.enqueue(RENEW, {}, 0, sql`moved WHERE past_due_since IS NOT NULL`, RENEW)})
    SELECT (SELECT count(*) FROM job), (SELECT count(*) FROM moved)`;
}

/** Without a card nothing is charged, and the subscription ends with its period. The rest of a statement whose `deleted (id)` is the card. */
export function takeFromSubscriptions(now: Date): Sql {
  return sql`
    , bereft AS (
      UPDATE subscription SET billing_key_id = NULL, next_charge_at = NULL, renewal_held_at = NULL, version = version + 1
      FROM deleted WHERE billing_key_id = deleted.id
      RETURNING subscription.id, user_id, end_date, is_active
    )
    INSERT INTO message (type, user_id, subscription_id, data, created_at)
    SELECT 'subscription.card_removed', user_id, id, jsonb_build_object('endDate', end_date), ${now}::timestamptz FROM bereft WHERE is_active`;
}
