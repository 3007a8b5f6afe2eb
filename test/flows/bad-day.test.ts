import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { sized } from '../support/size.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

const BUYERS = sized(30, 60);

let world: World;
let operator: Api;

beforeAll(async () => {
  world = await createWorld({}, true);
  operator = await world.api.as('op', 'operator');
});
afterAll(() => world.close());

describe('a bad day at Toss', () => {
  it('is over by the next morning: books, invariants and reconciliation agree', async () => {
    await world.clock.set('2027-06-01T10:00:00+09:00');
    // Webhooks are lost, late, doubled, overtaken and forged; answers are lost.
    for (const kind of ['drop', 'late', 'duplicate', 'reorder', 'forge'])
      await world.simulator.fault({ on: 'webhook', kind, times: 15 });
    await world.simulator.post('/_chaos', {
      seed: 7,
      rate: 0.3,
      on: ['confirm', 'cancel', 'get'],
      kinds: ['drop_before', 'drop_after', 'error_before', 'error_after', 'garbage'],
    });
    const bought = await Promise.all(
      Array.from({ length: BUYERS }, async (_, index) => {
        const api = await world.api.as(`buyer-${index}`);
        const order = await api.order((index % 3) + 1, index % 3 === 2 ? 10_000 + index : undefined);
        const paymentKey = await world.simulator.authenticate(order, { method: index % 5 === 4 ? '가상계좌' : '카드' });
        await api.confirm(order, paymentKey);
        return { orderId: order.orderId, paymentKey, waits: index % 5 === 4, index };
      }),
    );
    await world.clock.advance('PT2M');
    for (const { orderId, waits, index } of bought)
      if (waits && index % 2 === 0) await world.simulator.deposit(orderId).catch(() => undefined);
    await world.clock.advance('PT10M');
    for (const { orderId, waits, index } of bought)
      if (waits && index % 4 === 0) await world.simulator.revertDeposit(orderId).catch(() => undefined);
    await Promise.all(
      bought
        .filter(({ index }) => index % 7 === 0)
        .map(({ orderId }) => operator.post('/v1/refunds', { orderId, reason: '고객 요청', amount: 1_000 })),
    );
    await world.clock.advance('PT10S');
    for (const { paymentKey, waits, index } of bought)
      if (!waits && index % 9 === 0) await world.simulator.dashboardCancel(paymentKey).catch(() => undefined);
    await world.simulator.post('/_chaos', { seed: 7, rate: 0 });

    await world.clock.set('2027-06-02T04:31:00+09:00');
    expect((await operator.get('/v1/operations/reconciliations/2027-06-01')).body).toMatchObject({
      status: 'MATCHED',
      openDifferences: 0,
    });
    const { body } = await operator.get('/v1/operations/invariants');
    expect(body.invariants.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
    await expectBooksToAgree(world);
  });
});

describe('500 webhooks', () => {
  /** What our books say of the orders, without ids and times. */
  const booksOf = async (orders: string[]) =>
    Promise.all(
      orders.map(async (orderId) => {
        const { body } = await operator.get(`/v1/payments/${orderId}`);
        return [body.status, body.amount, body.refundedAmount];
      }),
    );

  /** The same history each time: paid, refunded in parts and whole at Toss's, deposited and reversed. */
  async function history(round: string): Promise<{ orders: string[]; bodies: unknown[] }> {
    await world.simulator.clearFaults();
    // What Toss tells is caught on its way, to be handed over by us.
    await world.simulator.post('/_webhooks/url', { url: 'http://127.0.0.1:9/nobody' });
    const orders: string[] = [];
    for (let index = 0; index < 24; index++) {
      const api = await world.api.as(`${round}-${index}`);
      const order = await api.order(1);
      const paymentKey = await world.simulator.authenticate(order, { method: index % 3 === 0 ? '가상계좌' : '카드' });
      await api.confirm(order, paymentKey);
      if (index % 3 === 0) await world.simulator.deposit(order.orderId);
      if (index % 6 === 0) await world.simulator.revertDeposit(order.orderId);
      if (index % 3 === 1) await world.simulator.dashboardCancel(paymentKey, 1_000 + index);
      if (index % 3 === 2) await world.simulator.dashboardCancel(paymentKey);
      orders.push(order.orderId);
    }
    const sent = await Promise.all(
      orders.map(
        async (orderId) =>
          (await (await fetch(`${world.simulator.url}/_webhooks?orderId=${orderId}`)).json()) as { body: unknown }[],
      ),
    );
    return { orders, bodies: sent.flatMap((each) => each.toReversed().map(({ body }) => body)) };
  }

  async function handOver(bodies: unknown[], round: string): Promise<void> {
    const answers = await Promise.all(
      bodies.map((body, index) =>
        world.api.post('/v1/webhooks/toss', body, { 'tosspayments-webhook-transmission-id': `${round}-${index}` }),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await eventually(
      'all of them to be processed',
      async () => (await operator.get('/v1/webhook-events?processed=false')).body.data.length === 0,
    );
  }

  it('shuffled, doubled and half of them lost end in the same books as in order', async () => {
    const inOrder = await history('ordered');
    await handOver(inOrder.bodies, 'ordered');
    const shuffled = await history('shuffled');
    const many = Array.from({ length: 500 }, (_, index) => ({
      body: shuffled.bodies[(index * 7_919) % shuffled.bodies.length],
      at: (index * 104_729) % 503,
    }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ body }) => body);
    // The last word about each order may be lost; what is known is looked up by any of the others.
    await handOver(
      many.filter((_, index) => index % 2 === 0),
      'shuffled',
    );
    expect(await booksOf(shuffled.orders)).toEqual(await booksOf(inOrder.orders));
    await expectBooksToAgree(world);
  });
});
