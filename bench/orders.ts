import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';
import type { Sent } from './load.ts';
import type { World } from './world.ts';

/** An order whose buyer has authenticated in the payment window and is about to confirm. */
export interface Order {
  orderId: string;
  userId: string;
  paymentKey: string;
  amount: number;
}

const PLAN = { id: 1, name: '베이직', price: 9900, months: 1 };
const SIMULATOR_SECRET_KEY = 'test_gsk_simulator_0000000000000000';

/** Orders of new users, one each. They must be confirmed within ten minutes, as with Toss. */
export async function createOrders(world: World, count: number): Promise<Order[]> {
  const orders = Array.from({ length: count }, (): Order => {
    const [orderId, userId, key] = [randomUUID(), randomUUID(), randomUUID()];
    return { orderId, userId, paymentKey: `tgen_${key}`, amount: PLAN.price };
  });
  await world.sql.query(
    `WITH customers AS (
       INSERT INTO customer (user_id, customer_key) SELECT user_id, user_id FROM unnest($2::text[]) AS orders (user_id)
     ), lines AS (
       INSERT INTO invoice_line (order_id, position, kind, amount)
       SELECT order_id, 1, 'PLAN', $5 FROM unnest($1::text[]) AS orders (order_id)
     )
     INSERT INTO invoice (order_id, user_id, status, plan_id, price_id, order_name, amount, duration_months,
       expires_at, created_at)
     SELECT orders.order_id, orders.user_id, 'DRAFT', plan.id, plan.price_id, $4, $5, $6, now() + interval '1 hour',
       now()
     FROM unnest($1::text[], $2::text[]) AS orders (order_id, user_id) JOIN plan ON plan.id = $3`,
    [
      orders.map(({ orderId }) => orderId),
      orders.map(({ userId }) => userId),
      PLAN.id,
      PLAN.name,
      PLAN.price,
      PLAN.months,
    ],
  );
  // Autovacuum does this within a minute in a busy database. Query plans for empty tables would scan them whole.
  await world.sql.query('ANALYZE invoice, payment, payment_attempt, subscription, subscription_period');
  // Every run starts at a checkpoint, because PostgreSQL then writes each page whole on its first change.
  await world.sql.query('CHECKPOINT');
  return orders;
}

/** Orders that also have an authenticated payment at the simulator. */
export async function createPayments(world: World, count: number): Promise<Order[]> {
  const orders = await createOrders(world, count);
  const body = JSON.stringify(orders.map(({ orderId, paymentKey, amount }) => ({ orderId, paymentKey, amount })));
  const response = await request(`${world.simulatorUrl}/_payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await response.body.dump();
  if (response.statusCode !== 200) throw new Error(`the simulator created no payments: ${response.statusCode}`);
  return orders;
}

/** The confirm that the buyer's browser sends to the program. */
export function confirmRequest({ jwtSecret }: World, { orderId, userId, paymentKey, amount }: Order): Sent {
  return {
    path: '/v1/payments/confirm',
    headers: ['content-type', 'application/json', 'authorization', `Bearer ${token(userId, jwtSecret)}`],
    body: JSON.stringify({ orderId, paymentKey, amount }),
  };
}

/** The confirm that the program sends to Toss. */
export function tossConfirmRequest({ orderId, paymentKey, amount }: Order): Sent {
  const credentials = Buffer.from(`${SIMULATOR_SECRET_KEY}:`).toString('base64');
  return {
    path: '/v1/payments/confirm',
    headers: [
      'content-type',
      'application/json',
      'authorization',
      `Basic ${credentials}`,
      'idempotency-key',
      `confirm-${orderId}-1`,
    ],
    body: JSON.stringify({ orderId, paymentKey, amount }),
  };
}

export function token(userId: string, secret: string, role = 'customer'): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: userId, role, iat: now, exp: now + 3600 })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
