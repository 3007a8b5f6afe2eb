import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let operator: Api;
/** Orders and subscriptions of an ordinary month: a card that renewed once, a purchase by hand, a gift, a refund. */
let renewing: { userId: string; id: string };
let bought: { userId: string; orderId: string };
let gift: string;
let refunded: string;

const check = async () => (await operator.get('/v1/operations/invariants')).body;
const broken = async () =>
  (await check()).invariants
    .filter(({ ok }: { ok: boolean }) => !ok)
    .map(({ name }: { name: string }) => name) as string[];
const run = (statement: string) => world.database.query(statement);

async function buy(userId: string, planId: number, amount?: number) {
  const api = await world.api.as(userId);
  const order = await api.order(planId, amount);
  expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(200);
  return order.orderId;
}

beforeAll(async () => {
  world = await createWorld();
  operator = await world.api.as('op', 'operator');
  await world.clock.set('2027-03-02T12:00:00+09:00');
  const card = await world.api.as('renewing');
  const billingKeyId = await card.putCardOnFile(world.simulator);
  const { body } = await card.post('/v1/subscriptions', { planId: 1, billingKeyId });
  renewing = { userId: 'renewing', id: body.subscription.id };
  await world.clock.set('2027-04-02T12:05:00+09:00');
  bought = { userId: 'by-hand', orderId: await buy('by-hand', 2) };
  gift = await buy('giver', 3, 50_000);
  refunded = await buy('returned', 1);
  await operator.post('/v1/refunds', { orderId: refunded, reason: '고객 요청' });
  await operator.post('/v1/operations/jobs/reconcile/run');
  await run(`INSERT INTO customer (user_id, customer_key) SELECT name, name
    FROM unnest(ARRAY['another', 'nobody', 'spender']) AS users (name)`);
});
afterAll(() => world.close());

it('are all kept in an ordinary month', async () => {
  const report = await check();
  expect(report.invariants.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
  expect(report.ok).toBe(true);
  expect(report.invariants.length).toBeGreaterThan(20);
});

describe('a row that breaks one is noticed:', () => {
  type Broken = [what: string, name: string, breaks: () => string, mends: () => string];
  const renewal = () => `(SELECT order_id FROM invoice WHERE subscription_id = '${renewing.id}')`;
  const cases: Broken[] = [
    [
      'an end date was moved',
      'subscriptions_last_as_long_as_their_periods',
      () => `UPDATE subscription SET end_date = end_date + interval '1 day' WHERE id = '${renewing.id}'`,
      () => `UPDATE subscription SET end_date = end_date - interval '1 day' WHERE id = '${renewing.id}'`,
    ],
    [
      'a start date was moved',
      'subscriptions_last_as_long_as_their_periods',
      () => `UPDATE subscription SET start_date = start_date - interval '1 day' WHERE id = '${renewing.id}'`,
      () => `UPDATE subscription SET start_date = start_date + interval '1 day' WHERE id = '${renewing.id}'`,
    ],
    [
      'a period was given away',
      'free_periods_are_explained',
      () => `INSERT INTO subscription_period (id, subscription_id, plan_id, months, starts_at, ends_at, price,
        list_price, created_at)
        SELECT '00000000-0000-7000-8000-000000000001', id, 1, 1, end_date, end_date + interval '1 month', 0, 0, now()
          FROM subscription WHERE id = '${renewing.id}'`,
      () => `DELETE FROM subscription_period WHERE id = '00000000-0000-7000-8000-000000000001'`,
    ],
    [
      'the next charge was lost',
      'renewals_are_planned',
      () =>
        `UPDATE subscription SET announced_for = next_charge_at, next_charge_at = NULL, renewal_state = 'NONE'
          WHERE id = '${renewing.id}'`,
      () =>
        `UPDATE subscription SET next_charge_at = announced_for, announced_for = NULL, renewal_state = 'SCHEDULED'
          WHERE id = '${renewing.id}'`,
    ],
    [
      'a renewal is said to be under way that is paid',
      'renewals_under_way_are_pending',
      () =>
        `UPDATE subscription SET renewal_order_id = ${renewal()}, renewal_state = 'CHARGING'
          WHERE id = '${renewing.id}'`,
      () => `UPDATE subscription SET renewal_order_id = NULL, renewal_state = 'SCHEDULED' WHERE id = '${renewing.id}'`,
    ],
    [
      'a card of another user',
      'renewals_charge_a_card_of_the_subscriber',
      () => `UPDATE payment_method SET user_id = 'another'`,
      () => `UPDATE payment_method SET user_id = 'renewing'`,
    ],
    [
      'a card that was deleted',
      'renewals_charge_a_card_of_the_subscriber',
      () => `UPDATE payment_method SET status = 'DELETED', failure_message = sealed_key, sealed_key = NULL`,
      () => `UPDATE payment_method SET status = 'ACTIVE', sealed_key = failure_message, failure_message = NULL`,
    ],
    [
      'two renewals on one day',
      'one_renewal_a_day',
      () =>
        `UPDATE invoice SET subscription_id = '${renewing.id}', due_at = created_at
          WHERE order_id = '${bought.orderId}'`,
      () => `UPDATE invoice SET subscription_id = NULL, due_at = NULL WHERE order_id = '${bought.orderId}'`,
    ],
    [
      'a refund without a transaction',
      'refunds_name_their_transaction',
      () => `UPDATE refund SET failure_code = transaction_key, transaction_key = NULL`,
      () => `UPDATE refund SET transaction_key = failure_code, failure_code = NULL`,
    ],
    [
      'a paid key that a net cancel gave back',
      'paid_keys_were_not_canceled',
      () => `INSERT INTO payment_void (id, order_id, provider_ref, reason, status, created_at)
        SELECT gen_random_uuid(), order_id, provider_ref, 'PAYMENT_SURPLUS', 'CANCELED', now() FROM payment
          WHERE order_id = '${bought.orderId}'`,
      () => `DELETE FROM payment_void`,
    ],
    [
      'a renewal on hold for more than a week',
      'held_renewals_are_released',
      () =>
        `UPDATE subscription SET renewal_held_at = '2027-03-25T00:00:00Z', renewal_held_reason = 'DEFECT',
          renewal_state = 'ON_HOLD' WHERE id = '${renewing.id}'`,
      () =>
        `UPDATE subscription SET renewal_held_at = NULL, renewal_held_reason = NULL, renewal_state = 'SCHEDULED'
          WHERE id = '${renewing.id}'`,
    ],
    [
      'another plan than that of the period in force',
      'plans_are_those_in_force',
      () => `UPDATE subscription SET plan_id = 2 WHERE id = '${renewing.id}'`,
      () => `UPDATE subscription SET plan_id = 1 WHERE id = '${renewing.id}'`,
    ],
    [
      'a switch to a plan that nobody paid for',
      'plan_switches_are_planned',
      () => `UPDATE subscription SET switch_at = end_date, switch_plan_id = 2 WHERE id = '${renewing.id}'`,
      () => `UPDATE subscription SET switch_at = NULL, switch_plan_id = NULL WHERE id = '${renewing.id}'`,
    ],
    [
      'a renewal that charged more than was agreed',
      'renewals_charge_what_was_agreed',
      () => `UPDATE subscription_period SET list_price = 5000 WHERE order_id = ${renewal()}`,
      () => `UPDATE subscription_period SET list_price = 9900 WHERE order_id = ${renewal()}`,
    ],
    [
      'a buyer who waits for a charge that is over',
      'buyers_wait_for_open_charges_only',
      () => `UPDATE customer SET charging_order_id = ${renewal()} WHERE user_id = 'renewing'`,
      () => `UPDATE customer SET charging_order_id = NULL WHERE user_id = 'renewing'`,
    ],
    [
      'an invoice whose lines do not add up',
      'invoices_add_up',
      () => `UPDATE invoice_line SET amount = amount + 1 WHERE order_id = '${bought.orderId}'`,
      () => `UPDATE invoice_line SET amount = amount - 1 WHERE order_id = '${bought.orderId}'`,
    ],
    [
      'an invoice that is not paid though its payment is',
      'invoices_follow_their_payments',
      () => `UPDATE invoice SET status = 'VOID' WHERE order_id = '${bought.orderId}'`,
      () => `UPDATE invoice SET status = 'PAID' WHERE order_id = '${bought.orderId}'`,
    ],
    [
      'a balance that was used and not booked',
      'used_balance_is_booked',
      () => `UPDATE invoice SET balance_used = 500 WHERE order_id = '${bought.orderId}'`,
      () => `UPDATE invoice SET balance_used = 0 WHERE order_id = '${bought.orderId}'`,
    ],
    [
      'a balance of a user who never paid',
      'every_won_is_somewhere',
      () => `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('nobody', 5000, 'kept', now())`,
      () => `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('nobody', -5000, 'kept', now())`,
    ],
    [
      'a balance that was spent twice',
      'no_balance_is_overdrawn',
      () => `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('spender', -9800, 'used', now())`,
      () => `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('spender', 9800, 'kept', now())`,
    ],
    [
      'a gift that is not counted whole',
      'events_say_what_was_given',
      () => `UPDATE payment SET amount = amount + 1 WHERE order_id = '${gift}'`,
      () => `UPDATE payment SET amount = amount - 1 WHERE order_id = '${gift}'`,
    ],
    [
      'a refund that the payment does not know',
      'refunds_add_up',
      () => `UPDATE refund SET amount = amount - 1 WHERE order_id = '${refunded}'`,
      () => `UPDATE refund SET amount = amount + 1 WHERE order_id = '${refunded}'`,
    ],
    [
      'a period whose payment failed',
      'no_period_without_money',
      () => `UPDATE payment SET status = 'FAILED' WHERE order_id = '${bought.orderId}'`,
      () => `UPDATE payment SET status = 'SUCCESS' WHERE order_id = '${bought.orderId}'`,
    ],
    [
      'a paid order that granted nothing',
      'paid_is_granted_once',
      () => `UPDATE subscription_period SET order_id = NULL WHERE order_id = '${bought.orderId}'`,
      () => `UPDATE subscription_period SET order_id = '${bought.orderId}' WHERE order_id IS NULL`,
    ],
  ];
  it.each(cases)('%s', async (_what, name, breaks, mends) => {
    expect(await broken()).toEqual([]);
    await run(breaks());
    expect(await broken()).toContain(name);
    await run(mends());
    expect(await broken()).toEqual([]);
  });
});

describe('a check', () => {
  it('that cannot be made is never said to be well, and does not stop the others', async () => {
    await run('ALTER TABLE reconciliation_difference RENAME TO away');
    const report = await check();
    expect(report.ok).toBe(false);
    expect(report.invariants).toContainEqual(
      expect.objectContaining({ name: 'books_say_what_toss_says', ok: false, broken: -1, error: 'failed' }),
    );
    expect(report.invariants).toContainEqual(
      expect.objectContaining({ name: 'refunds_add_up', ok: true, broken: 0, error: null }),
    );
    expect((await world.api.get('/health/ready')).body.brokenInvariants).toContain('books_say_what_toss_says');
    expect((await world.api.get('/metrics')).body).toContain(
      'gudok_broken_invariants{name="books_say_what_toss_says"} Nan',
    );
    await run('ALTER TABLE away RENAME TO reconciliation_difference');
    // A check that took long, on a slow machine, answers for a few seconds.
    await eventually('the invariants to be checked again', async () => (await broken()).length === 0);
  });

  it('is made once for all who ask meanwhile', async () => {
    // 40 readers at once: more than the program has connections.
    const reports = await Promise.all(Array.from({ length: 40 }, check));
    expect(new Set(reports.map(({ ok }) => ok))).toEqual(new Set([true]));
    // One that was under way, and one that all the others shared.
    expect(new Set(reports.map(({ checkedAt }) => checkedAt)).size).toBeLessThanOrEqual(2);
  });
});

it('100,000 gifts are checked in seconds', async () => {
  const other = await createWorld();
  const desk = await other.api.as('op', 'operator');
  await other.database.query(`
    WITH giver AS (
      INSERT INTO customer (user_id, customer_key) SELECT 'giver-' || n, n::text FROM generate_series(0, 999) n
    ), gift AS (
      INSERT INTO invoice (order_id, user_id, status, plan_id, order_name, amount, paid_at, created_at)
      SELECT 'gift-' || n, 'giver-' || n % 1000, 'PAID', 3, 'gift', 1000, now(), now() FROM generate_series(1, 100000) n
      RETURNING *
    ), line AS (
      INSERT INTO invoice_line (order_id, position, kind, amount) SELECT order_id, 1, 'CONTRIBUTION', amount FROM gift)
    INSERT INTO payment (order_id, user_id, amount, status, provider_ref, provider, merchant_account, approved_at,
      created_at)
    SELECT order_id, user_id, amount, 'SUCCESS', 'key-' || order_id, 'toss', 'main', now(), now() FROM gift`);
  await other.database.query(`
    INSERT INTO event_entry (plan_id, order_id, amount, created_at) SELECT 3, 'gift-' || n, 1000, now()
      FROM generate_series(1, 100000) n`);
  const { body } = await desk.get('/v1/operations/invariants');
  expect(body.invariants).toContainEqual(
    expect.objectContaining({ name: 'events_say_what_was_given', broken: 0, error: null }),
  );
  await other.close();
});

it('a statement that the database works at for too long is a 503', async () => {
  const hasty = await createWorld({ statementTimeoutMs: 300 });
  const locked = hasty.database.query('BEGIN; LOCK TABLE plan IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT');
  await eventually(
    'the table to be locked',
    async () =>
      (
        await hasty.database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
        )
      ).length > 0,
  );
  expect(await hasty.api.get('/v1/events')).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
  await locked;
  expect((await hasty.api.get('/v1/events')).status).toBe(200);
  await hasty.close();
});
