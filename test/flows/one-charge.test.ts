import { afterEach, describe, expect, it } from '@jest/globals';
import { stallStatements, stallWrites } from '../support/stalls.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { Subscribers } from '../support/subscribers.ts';
import { eventually, type World } from '../support/world.ts';

let world: World;
let people: Subscribers;
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
setupWorld((setup) => ({ world, people } = setup));

const stall = async (table: string, when: string, seconds = 1) =>
  void ends.push(await stallWrites(world.database, table, when, seconds));
const stallStatement = (pattern: RegExp, ms: number, times?: number) =>
  void ends.push(stallStatements(pattern, ms, times));
/** A statement that stalls has begun, and sees nothing of what is written from now on. */
const stalled = () =>
  eventually(
    'a statement to stall',
    async () =>
      (
        await world.database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
        )
      ).length > 0,
  );
const underWay = (userId: string) =>
  eventually(
    'a payment to be under way',
    async () =>
      (await world.database.query(`SELECT FROM payment WHERE user_id = $1 AND status = 'PENDING'`, [userId])).length >
      0,
  );
const money = async (userId: string) => {
  const orders = await world.database.query<{ id: string }>('SELECT order_id AS id FROM payment WHERE user_id = $1', [
    userId,
  ]);
  const books = await Promise.all(orders.map(({ id }) => world.simulator.books(id)));
  return books
    .flatMap(({ payments }) => payments)
    .filter(({ approvedAt }) => approvedAt !== null)
    .reduce((sum, { balanceAmount }) => sum + balanceAmount, 0);
};
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

describe('of two requests of one buyer, when one is held up at any step', () => {
  async function withCards() {
    const api = await people.user();
    return {
      api,
      userId: api.userId,
      cards: [await api.putCardOnFile(world.simulator), await api.putCardOnFile(world.simulator)] as const,
    };
  }

  it('one subscribe charges, whichever write stalls', async () => {
    await people.at('2027-01-10T12:00');
    for (const table of ['payment', 'payment_attempt', 'customer']) {
      const { api, userId, cards } = await withCards();
      await stall(table, table === 'payment_attempt' ? 'true' : `NEW.user_id = '${userId}'`, 0.7);
      const first = api.post('/v1/subscriptions', { planId: 2, billingKeyId: cards[0] });
      await stalled();
      const answers = await Promise.all([first, api.post('/v1/subscriptions', { planId: 1, billingKeyId: cards[1] })]);
      expect({ table, statuses: statuses(answers) }).toEqual({ table, statuses: [200, 409] });
      for (const end of ends.splice(0)) await end();
      expect([9_900, 19_900]).toContain(await money(userId));
      expect((await api.get('/v1/payments')).body.data).toHaveLength(1);
    }
  });

  it('one subscribe charges, whichever statement comes late', async () => {
    await people.at('2027-02-10T12:00');
    for (const pattern of [/INSERT INTO customer/, /INSERT INTO payment/, /UPDATE payment\s+SET status/, /COMMIT/]) {
      const { api, userId, cards } = await withCards();
      stallStatement(pattern, 500, 1);
      const answers = await Promise.all(
        cards.map((billingKeyId) => api.post('/v1/subscriptions', { planId: 1, billingKeyId })),
      );
      for (const end of ends.splice(0)) await end();
      expect({ pattern: String(pattern), statuses: statuses(answers) }).toEqual({
        pattern: String(pattern),
        statuses: [200, 409],
      });
      expect(await money(userId)).toBe(9_900);
    }
  });

  it.each([
    ['the trial', 'subscription'],
    ['the charge', 'payment'],
  ])('a trial begins or a charge is made, not both: %s stalls', async (_, table) => {
    await people.at(table === 'payment' ? '2027-03-10T12:00' : '2027-04-10T12:00');
    const { api, userId, cards } = await withCards();
    await stall(table, `NEW.user_id = '${userId}'`);
    const answers = await Promise.all([
      api.post('/v1/subscriptions', { planId: 1, billingKeyId: cards[0], trialDays: 7 }),
      api.post('/v1/subscriptions', { planId: 1, billingKeyId: cards[1] }),
    ]);
    expect(statuses(answers)).toEqual([200, 409]);
    const { status } = (await api.get('/v1/subscriptions/me')).body;
    expect(await money(userId)).toBe(status === 'TRIALING' ? 0 : 9_900);
  });
});

describe('a confirm and a withdrawal of its order at once', () => {
  async function ready() {
    const api = await people.user();
    const order = await api.order(1);
    const withdraw = async () => (await api.delete(`/v1/temp-orders/${order.orderId}`)).status;
    return { api, order, withdraw, paymentKey: await world.simulator.authenticate(order) };
  }

  it('the withdrawal waits for a confirm that begins, and is refused', async () => {
    const { api, order, withdraw, paymentKey } = await ready();
    await stall('payment', `NEW.user_id = '${api.userId}' AND NEW.status = 'PENDING'`, 2);
    const confirming = api.confirm(order, paymentKey);
    await stalled();
    // Too late: the order is being paid, or paid.
    expect([404, 409]).toContain(await withdraw());
    expect((await confirming).status).toBe(200);
  });

  it('the confirm waits for a withdrawal, and takes no money', async () => {
    const { api, order, withdraw, paymentKey } = await ready();
    await stall('invoice', `NEW.user_id = '${api.userId}' AND NEW.status = 'VOID'`, 2);
    const withdrawing = withdraw();
    await stalled();
    expect(await api.confirm(order, paymentKey)).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
    expect(await withdrawing).toBe(204);
    expect(await money(api.userId)).toBe(0);
  });
});

describe('a renewal and a payment in the window at once', () => {
  async function dueSoon(year: number) {
    await people.at(`${year}-01-10T12:00`);
    const one = await people.withCard();
    await people.at(`${year}-02-10T09:59:55`);
    const order = await one.api.order(1);
    return { ...one, order, paymentKey: await world.simulator.authenticate(order) };
  }

  it('the window waits while the card is being charged', async () => {
    const { api, order, paymentKey, userId } = await dueSoon(2028);
    await stall(
      'payment',
      `NEW.user_id = '${userId}' AND NEW.payment_method_id IS NOT NULL AND NEW.status = 'PENDING'`,
      2,
    );
    const due = people.at('2028-02-10T10:00:05');
    await stalled();
    const confirmed = await api.confirm(order, paymentKey);
    await due;
    expect(confirmed).toMatchObject({ status: 409, body: { code: 'PAYMENT_IN_PROGRESS' } });
    expect(await money(userId)).toBe(19_800);
    // The buyer's own order is valid still, and theirs to pay or not.
    expect((await api.confirm(order, paymentKey)).status).toBe(200);
  });

  it('the card waits while the window is being paid', async () => {
    const { api, id, order, paymentKey, userId } = await dueSoon(2029);
    await stall('payment', `NEW.user_id = '${userId}' AND NEW.payment_method_id IS NULL AND NEW.status = 'PENDING'`, 2);
    const confirming = api.confirm(order, paymentKey);
    await stalled();
    await people.at('2029-02-10T10:00:05');
    expect((await confirming).status).toBe(200);
    expect(await money(userId)).toBe(19_800);
    expect(await people.get({ api, id })).toMatchObject({
      endDate: expect.stringContaining('2029-03-10'),
      nextChargeAt: '2029-03-10T01:00:00.000Z',
    });
  });

  it('the window need not wait for what the buyer has stopped, nor a gift for anything', async () => {
    const { api, id, order, paymentKey, userId } = await dueSoon(2030);
    for (const on of ['billing', 'get']) await world.simulator.fault({ on, kind: 'drop_before', times: 0 });
    await people.at('2030-02-10T10:00:05');
    await underWay(userId);
    const gift = await api.order(3, 1_000);
    const giftKey = await world.simulator.authenticate(gift);
    expect((await api.confirm(gift, giftKey)).status).toBe(200);
    expect(await api.confirm(order, paymentKey)).toMatchObject({ status: 409, body: { code: 'PAYMENT_IN_PROGRESS' } });
    await api.post(`/v1/subscriptions/${id}/cancel`);
    expect((await api.confirm(order, paymentKey)).status).toBe(200);
    await world.simulator.clearFaults();
    await people.at('2030-02-10T10:40');
    expect(await money(userId)).toBe(9_900 + 9_900 + 1_000);
    await people.at('2030-02-12T10:40');
    expect(await money(userId)).toBe(9_900 + 9_900 + 1_000);
  });
});

it('confirms of one order share one poll of the database', async () => {
  await people.at('2031-01-10T12:00');
  const api = await people.user();
  const order = await api.order(1);
  const paymentKey = await world.simulator.authenticate(order);
  await world.simulator.fault({ on: 'confirm', kind: 'slow', delayMs: 1_200 });
  const first = api.confirm(order, paymentKey);
  await underWay(api.userId);
  const reads = async () =>
    Number(
      (
        await world.database.query<{ n: string }>(
          `SELECT COALESCE(sum(idx_scan), 0) AS n FROM pg_stat_user_tables WHERE relname = 'payment_attempt'`,
        )
      )[0]!.n,
    );
  const before = await reads();
  const followers = await Promise.all(Array.from({ length: 40 }, () => api.confirm(order, paymentKey)));
  expect(statuses([await first, ...followers])).toEqual(Array.from({ length: 41 }, () => 200));
  expect(new Set(followers.map(({ body }) => body.payment.orderId))).toEqual(new Set([order.orderId]));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  // Alone each of them would look a dozen times.
  expect((await reads()) - before).toBeLessThan(200);
});
