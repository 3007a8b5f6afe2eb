import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Order } from './orders.ts';

const CLIENTS = 10;

/** The rows that the beginning of an attempt writes: the payment and its first attempt. */
const BEGIN = `
  WITH payments AS (
    INSERT INTO payment (order_id, user_id, amount, currency, status, provider_ref, provider, merchant_account,
      attempt_count, next_poll_at, created_at)
    SELECT order_id, user_id, amount, currency, 'PENDING', $2, 'toss', 'main', 1, now() + interval '90 seconds', now()
    FROM invoice JOIN customer USING (user_id)
    WHERE order_id = $1 AND status = 'DRAFT' AND amount = $3 AND expires_at > now() AND charging_order_id IS NULL
    FOR NO KEY UPDATE OF customer
    ON CONFLICT (order_id) DO NOTHING
    RETURNING *
  ), attempts AS (
    INSERT INTO payment_attempt (order_id, number, provider_ref, provider, merchant_account, idempotency_key,
      request_id, requested_at)
    SELECT order_id, 1, provider_ref, provider, merchant_account, 'confirm-' || order_id || '-1', $4, now()
    FROM payments
  )
  SELECT * FROM payments`;

/** The rows that the outcome of a first purchase must write at least, whatever the program writes. */
const RECORD_OUTCOME = `
  WITH settled AS (
    UPDATE payment SET status = 'SUCCESS', method = '카드', issuer_code = '41', card_number = '53275010****890*',
      approved_at = now(), next_poll_at = NULL, receipt_url = 'https://dashboard.tosspayments.com'
        || '/receipt/redirection?transactionId=tgen_00000000000000000000&ref=PX'
    WHERE order_id = $1 AND status = 'PENDING'
    RETURNING order_id
  ), paid AS (
    UPDATE invoice SET status = 'PAID', paid_at = now() FROM settled WHERE invoice.order_id = $1
    RETURNING invoice.order_id, user_id, plan_id, duration_months, amount
  ), attempts AS (
    UPDATE payment_attempt SET outcome = 'APPROVED', answered_at = now()
    FROM paid WHERE payment_attempt.order_id = paid.order_id AND number = 1
  ), subscriptions AS (
    INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
      anchor_months, start_date, end_date, created_at)
    SELECT $2, user_id, plan_id, plan_id, amount, duration_months, now(),
      duration_months, now(), now() + interval '1 month', now()
    FROM paid
    RETURNING id, user_id, plan_id, start_date, end_date
  ), periods AS (
    INSERT INTO subscription_period (id, subscription_id, order_id, plan_id, months, starts_at, ends_at, price,
      list_price, created_at)
    SELECT $3, subscriptions.id, $1, subscriptions.plan_id, paid.duration_months, start_date, end_date, paid.amount,
      paid.amount, now()
    FROM subscriptions, paid
  ), payment_events AS (
    INSERT INTO outgoing_event (uuid, type, user_id, order_id, data, status, created_at)
    SELECT gen_random_uuid(), 'payment.succeeded', user_id, order_id, $4::jsonb, 'KEPT', now() FROM paid
  ), subscription_events AS (
    INSERT INTO outgoing_event (uuid, type, user_id, subscription_id, order_id, data, status, created_at)
    SELECT gen_random_uuid(), 'subscription.activated', user_id, id, $1,
      jsonb_build_object('planId', plan_id, 'startsAt', start_date, 'endsAt', end_date, 'price', 9900), 'KEPT', now()
    FROM subscriptions
  )
  SELECT order_id FROM paid`;

/** The data of an outgoing event about a payment. */
const EVENT_DATA = JSON.stringify({
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
 * The bound: writes the rows of a confirm with two prepared statements, straight to PostgreSQL, and does nothing else.
 * @returns confirms per second
 */
export async function boundPerSecond(databaseUrl: string, orders: Order[]): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CLIENTS });
  pool.on('error', () => undefined);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => pool.connect()));
  const waiting = orders.values();
  const startedAt = performance.now();
  try {
    await Promise.all(
      clients.map(async (client) => {
        for (const order of waiting) await writeConfirm(client, order);
      }),
    );
    return (orders.length / (performance.now() - startedAt)) * 1000;
  } finally {
    for (const client of clients) client.release(true);
    await pool.end();
  }
}

async function writeConfirm(client: pg.PoolClient, { orderId, paymentKey, amount }: Order): Promise<void> {
  const begun = await client.query({
    name: 'begin',
    text: BEGIN,
    values: [orderId, paymentKey, amount, randomUUID()],
  });
  const recorded = await client.query({
    name: 'record-outcome',
    text: RECORD_OUTCOME,
    values: [orderId, randomUUID(), randomUUID(), EVENT_DATA],
  });
  if (begun.rowCount !== 1 || recorded.rowCount !== 1) throw new Error(`the bound wrote no rows for ${orderId}`);
}
