import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Order } from './orders.ts';

const CLIENTS = 10;

/** The rows that a claim writes: the payment and the first attempt. */
const CLAIM = `
  WITH claimed AS (
    INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, currency, duration_months, status, payment_key, attempt_count, next_poll_at, created_at)
    SELECT order_id, user_id, plan_id, order_name, amount, currency, duration_months, 'PENDING', $2, 1, now() + interval '90 seconds', now()
    FROM temp_order JOIN customer USING (user_id) WHERE order_id = $1 AND amount = $3 AND expires_at > now() AND charging_order_id IS NULL FOR NO KEY UPDATE OF customer
    ON CONFLICT (order_id) DO NOTHING
    RETURNING *
  ), asked AS (
    INSERT INTO payment_attempt (order_id, number, payment_key, idempotency_key, request_id, requested_at)
    SELECT order_id, 1, payment_key, 'confirm-' || order_id || '-1', $4, now() FROM claimed
  )
  SELECT * FROM claimed`;

/** The rows that a settle of a first purchase writes. Whatever that comes to write, this must. */
const SETTLE = `
  WITH settled AS (
    UPDATE payment SET status = 'SUCCESS', method = '카드', issuer_code = '41', card_number = '53275010****890*', approved_at = now(), next_poll_at = NULL,
      receipt_url = 'https://dashboard.tosspayments.com/receipt/redirection?transactionId=tgen_00000000000000000000&ref=PX'
    WHERE order_id = $1 AND status = 'PENDING'
    RETURNING order_id, user_id, plan_id, duration_months, amount
  ), answered AS (
    UPDATE payment_attempt SET outcome = 'APPROVED', answered_at = now() FROM settled WHERE payment_attempt.order_id = settled.order_id AND number = 1
  ), held AS (
    INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at, anchor_months, start_date, end_date, created_at)
    SELECT $2, user_id, plan_id, plan_id, amount, duration_months, now(), duration_months, now(), now() + interval '1 month', now() FROM settled
    RETURNING id, user_id, plan_id, start_date, end_date
  ), period AS (
    INSERT INTO subscription_period (id, subscription_id, order_id, plan_id, months, starts_at, ends_at, price, list_price, created_at)
    SELECT $3, held.id, $1, held.plan_id, settled.duration_months, held.start_date, held.end_date, settled.amount, settled.amount, now() FROM held, settled
  ), paid_told AS (
    INSERT INTO outgoing_event (uuid, type, user_id, order_id, data, status, created_at)
    SELECT gen_random_uuid(), 'payment.succeeded', user_id, order_id, $4::jsonb, 'KEPT', now() FROM settled
  ), told AS (
    INSERT INTO outgoing_event (uuid, type, user_id, subscription_id, order_id, data, status, created_at)
    SELECT gen_random_uuid(), 'subscription.activated', user_id, id, $1, jsonb_build_object('planId', plan_id, 'startsAt', start_date, 'endsAt', end_date, 'price', 9900), 'KEPT', now() FROM held
  ), ended AS (DELETE FROM temp_order USING settled WHERE temp_order.order_id = settled.order_id)
  SELECT order_id FROM settled`;

/** What a message tells of a payment. */
const TOLD = JSON.stringify({
  planId: 1,
  orderName: '베이직 1개월',
  amount: 9900,
  refundedAmount: 0,
  currency: 'KRW',
  status: 'SUCCESS',
  method: '카드',
  approvedAt: '2026-11-20T15:00:00.000Z',
  failure: null,
  createdAt: '2026-11-20T14:59:59.000Z',
});

/**
 * The bound: the same rows as a confirm's claim and settle, one prepared statement each, straight to PostgreSQL, with
 * nothing before, between or after. @returns pairs per second
 */
export async function claimsAndSettles(databaseUrl: string, orders: Order[]): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CLIENTS });
  pool.on('error', () => undefined);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => pool.connect()));
  const waiting = orders.values();
  const startedAt = performance.now();
  try {
    await Promise.all(
      clients.map(async (client) => {
        for (const { orderId, paymentKey, amount } of waiting) {
          const claimed = await client.query({
            name: 'claim',
            text: CLAIM,
            values: [orderId, paymentKey, amount, randomUUID()],
          });
          const settled = await client.query({
            name: 'settle',
            text: SETTLE,
            values: [orderId, randomUUID(), randomUUID(), TOLD],
          });
          if (claimed.rowCount !== 1 || settled.rowCount !== 1)
            throw new Error(`the bound wrote nothing for ${orderId}`);
        }
      }),
    );
    return (orders.length / (performance.now() - startedAt)) * 1000;
  } finally {
    for (const client of clients) client.release(true);
    await pool.end();
  }
}
