import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';
import type { Sent } from './load.ts';
import type { World } from './world.ts';

/** An order whose buyer went through Toss's window, and is about to confirm. */
export interface Order {
  orderId: string;
  userId: string;
  paymentKey: string;
  amount: number;
}

const PLAN = { id: 1, name: '베이직', price: 9900, months: 1 };
const SIMULATOR_SECRET_KEY = 'test_gsk_simulator_0000000000000000';

/** Each of a user of its own, who has bought nothing yet. To be confirmed within ten minutes, as with Toss. */
export async function layOrders(world: World, count: number): Promise<Order[]> {
  const orders = Array.from({ length: count }, (): Order => {
    const [orderId, userId, key] = [randomUUID(), randomUUID(), randomUUID()];
    return { orderId, userId, paymentKey: `tgen_${key}`, amount: PLAN.price };
  });
  await world.sql.query(
    `WITH customers AS (INSERT INTO customer (user_id, customer_key) SELECT user_id, user_id FROM unnest($2::text[]) AS laid (user_id))
     INSERT INTO temp_order (order_id, user_id, plan_id, order_name, amount, duration_months, expires_at, created_at)
     SELECT laid.order_id, laid.user_id, $3, $4, $5, $6, now() + interval '1 hour', now()
     FROM unnest($1::text[], $2::text[]) AS laid (order_id, user_id)`,
    [
      orders.map(({ orderId }) => orderId),
      orders.map(({ userId }) => userId),
      PLAN.id,
      PLAN.name,
      PLAN.price,
      PLAN.months,
    ],
  );
  // What autovacuum does within a minute in a database that is in use; a plan made for empty tables reads them whole.
  await world.sql.query('ANALYZE temp_order, payment, payment_attempt, subscription, subscription_period');
  // Everybody starts as far from the last checkpoint, after which PostgreSQL writes every page it touches whole.
  await world.sql.query('CHECKPOINT');
  return orders;
}

/** The same, and known to Toss. */
export async function layPayments(world: World, count: number): Promise<Order[]> {
  const orders = await layOrders(world, count);
  const body = JSON.stringify(orders.map(({ orderId, paymentKey, amount }) => ({ orderId, paymentKey, amount })));
  const answer = await request(`${world.simulatorUrl}/_payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`the simulator took no payments: ${answer.statusCode}`);
  return orders;
}

/** What the buyer's browser asks of us. */
export function askUs({ jwtSecret }: World, { orderId, userId, paymentKey, amount }: Order): Sent {
  return {
    path: '/v1/payments/confirm',
    headers: ['content-type', 'application/json', 'authorization', `Bearer ${token(userId, jwtSecret)}`],
    body: JSON.stringify({ orderId, paymentKey, amount }),
  };
}

/** What we ask of Toss. */
export function askToss({ orderId, paymentKey, amount }: Order): Sent {
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
