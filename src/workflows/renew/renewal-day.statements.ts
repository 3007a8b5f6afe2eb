import { statement, t } from '../../platform/database/index.ts';

/** What came of a renewal that was requested. */
export type MadeState = 'CHARGED' | 'DECLINED' | 'UNKNOWN';

/** Renewals that were requested within a time. */
const MADE = `
  SELECT renewed.subscription_id, renewed.user_id, renewed.plan_id,
    CASE made.outcome WHEN 'APPROVED' THEN 'CHARGED' WHEN 'DECLINED' THEN 'DECLINED' WHEN 'REFUSED' THEN 'DECLINED'
      ELSE 'UNKNOWN' END AS state,
    COALESCE(made.planned_at, made.requested_at) AS planned_at, renewed.amount, made.payment_method_id, made.order_id,
    made.number AS attempt, made.requested_at, made.code
  FROM payment_attempt made JOIN invoice renewed USING (order_id)
  WHERE renewed.subscription_id IS NOT NULL
    AND made.requested_at >= :from::timestamptz AND made.requested_at < :to::timestamptz`;

/** One page, in the order of the day. */
export const RENEWALS_MADE = statement('renewals.made', {
  params: { from: t.instant, to: t.instant, afterAt: t.instant, afterId: t.uuid, limit: t.long },
  row: {
    subscriptionId: t.nullable(t.uuid),
    userId: t.text,
    planId: t.int,
    state: t.oneOf<MadeState>('text'),
    plannedAt: t.instant,
    amount: t.int,
    method: t.nullable(t.text),
    issuerCode: t.nullable(t.text),
    cardNumber: t.nullable(t.text),
    cardType: t.nullable(t.text),
    orderId: t.text,
    attempt: t.int,
    requestedAt: t.instant,
    code: t.nullable(t.text),
  },
  sql: `
    SELECT day.subscription_id, day.user_id, day.plan_id, day.state, day.planned_at, day.amount, card.method,
      card.issuer_code, card.card_number, card.card_type, day.order_id, day.attempt, day.requested_at, day.code
    FROM (${MADE}) day LEFT JOIN payment_method card ON card.id = day.payment_method_id
    WHERE (day.planned_at, day.subscription_id) > (:afterAt::timestamptz, :afterId::uuid)
    ORDER BY day.planned_at, day.subscription_id LIMIT :limit`,
});

export const RENEWALS_MADE_TOTALS = statement('renewals.made_totals', {
  params: { from: t.instant, to: t.instant },
  row: { state: t.oneOf<MadeState>('text'), count: t.long, amount: t.long },
  sql: `SELECT state, count(*) AS count, sum(amount) AS amount FROM (${MADE}) day GROUP BY state`,
});

/** Whether a renewal of a subscription was approved within a time: no card is charged for two periods on one day. */
export const CHARGED_WITHIN = statement('renewals.charged_within', {
  params: { id: t.uuid, from: t.instant, to: t.instant },
  row: { isCharged: t.bool },
  sql: `
    SELECT EXISTS (
      SELECT FROM invoice renewed
      JOIN payment_attempt made ON made.order_id = renewed.order_id AND made.outcome = 'APPROVED'
      WHERE renewed.subscription_id = :id::uuid AND renewed.status = 'PAID'
        AND made.answered_at >= :from::timestamptz AND made.answered_at < :to::timestamptz) AS is_charged`,
});
