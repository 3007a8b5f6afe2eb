import { invariant } from './invariant.ts';

/** What may be used is what its periods say, and what renews is planned, once. */
export const SUBSCRIPTION_INVARIANTS = [
  invariant({
    name: 'periods_follow_without_gap_or_overlap',
    says: 'the periods that stand follow one another, except where one was refunded',
    sql: `
      SELECT count(*) AS broken FROM (
        SELECT subscription_id, starts_at, lag(ends_at) OVER (PARTITION BY subscription_id ORDER BY starts_at) AS before
        FROM subscription_period WHERE voided_at IS NULL
      ) period WHERE before <> starts_at AND NOT (before < starts_at AND EXISTS (
        SELECT FROM subscription_period gone
        WHERE gone.subscription_id = period.subscription_id AND gone.voided_at IS NOT NULL
          AND gone.credited = gone.price
          AND gone.starts_at < period.starts_at AND gone.ends_at > period.before))`,
  }),
  invariant({
    name: 'subscriptions_last_as_long_as_their_periods',
    says: 'an active subscription starts and ends with the periods that stand',
    sql: `
      SELECT count(*) AS broken FROM subscription
      LEFT JOIN (
        SELECT subscription_id, min(starts_at) AS starts_at, max(ends_at) AS ends_at FROM subscription_period
          WHERE voided_at IS NULL GROUP BY 1
      ) lasting ON lasting.subscription_id = subscription.id
      WHERE is_active AND (lasting.starts_at IS DISTINCT FROM start_date OR lasting.ends_at IS DISTINCT FROM end_date)`,
  }),
  invariant({
    name: 'renewals_are_planned',
    says:
      'an active subscription with a card that was not canceled has its next charge, ' +
      'a charge under way, or is past due',
    // After a refund nothing is charged until the buyer resumes, and without a consent nothing is charged at all.
    sql: `
      SELECT count(*) AS broken FROM subscription
      WHERE is_active AND payment_method_id IS NOT NULL AND NOT cancel_at_period_end
        AND next_charge_at IS NULL AND renewal_order_id IS NULL AND past_due_since IS NULL
        AND NOT EXISTS (SELECT FROM outgoing_event WHERE outgoing_event.subscription_id = subscription.id
          AND outgoing_event.type = 'subscription.consent_missing')
        AND NOT EXISTS (SELECT FROM invoice JOIN payment USING (order_id)
          WHERE invoice.subscription_id = subscription.id AND payment.refunded_amount > 0)
        AND NOT EXISTS (
          SELECT FROM subscription_period period LEFT JOIN payment USING (order_id)
          WHERE period.subscription_id = subscription.id AND (payment.refunded_amount > 0 OR (payment.order_id IS NULL
            AND period.voided_at IS NOT NULL)))`,
  }),
  invariant({
    name: 'renewals_under_way_are_pending',
    says: 'the renewal that is under way for a subscription is a pending payment of that subscription',
    sql: `
      SELECT count(*) AS broken FROM subscription WHERE renewal_order_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM invoice JOIN payment USING (order_id)
        WHERE invoice.order_id = renewal_order_id AND invoice.subscription_id = subscription.id
          AND payment.status = 'PENDING')`,
  }),
  invariant({
    name: 'renewals_charge_a_card_of_the_subscriber',
    says: 'a subscription renews from an active card of its own user',
    sql: `
      SELECT count(*) AS broken
      FROM subscription JOIN payment_method ON payment_method.id = subscription.payment_method_id
      WHERE payment_method.user_id <> subscription.user_id OR (next_charge_at IS NOT NULL
        AND payment_method.status <> 'ACTIVE')`,
  }),
  invariant({
    name: 'one_renewal_a_day',
    says: 'no subscription was charged for two renewals on one day',
    uses: ['zone'],
    sql: `
      SELECT count(*) AS broken FROM (
        SELECT FROM invoice JOIN payment_attempt attempt ON attempt.order_id = invoice.order_id
          AND attempt.outcome = 'APPROVED'
        WHERE invoice.subscription_id IS NOT NULL AND invoice.status = 'PAID'
        GROUP BY invoice.subscription_id, (attempt.requested_at AT TIME ZONE :zone)::date HAVING count(*) > 1
      ) twice`,
  }),
  invariant({
    name: 'held_renewals_are_released',
    says: 'no renewal has waited for an operator for more than 7 days',
    uses: ['weekAgo'],
    sql: `
      SELECT count(*) AS broken FROM subscription
      WHERE renewal_held_at IS NOT NULL AND is_active AND renewal_held_at < :weekAgo`,
  }),
  invariant({
    name: 'unpaid_time_is_explained',
    says:
      'no subscription is usable for more than 10 days after its period, ' +
      'unless an operator holds its renewal or paused all',
    uses: ['tenDaysAgo'],
    sql: `
      SELECT count(*) AS broken FROM subscription
      WHERE is_active AND renewal_held_at IS NULL AND end_date < :tenDaysAgo
        AND (past_due_since IS NULL OR past_due_since < :tenDaysAgo)
        AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)`,
  }),
];
