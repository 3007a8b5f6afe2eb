import { describe, expect, it } from '@jest/globals';
import { Clock } from '../../src/platform/time/clock.ts';
import { createApp } from '../../src/app.ts';
import { GAPS } from '../../src/outbox/schedule.ts';
import type { Api } from '../support/api.ts';
import { setupDelivering } from '../support/outgoing.ts';
import { eventually, type World } from '../support/world.ts';

let world: World;
let operator: Api;
const { receiver, buy, advance, messages, received } = setupDelivering((setup) => ({ world, operator } = setup));

describe('a receiver in trouble', () => {
  it('is tried by the schedule, and given up after three days; what follows then goes out', async () => {
    const clock = world.app.get(Clock);
    const at: Date[] = [];
    receiver.answer = ({ type }) => {
      if (type === 'subscription.activated') at.push(clock.now());
      return type === 'subscription.activated' ? 500 : 200;
    };
    const { api, subscriptionId } = await buy();
    await api.post(`/v1/subscriptions/${subscriptionId}/cancel`);
    await eventually('the first try', async () => at.length === 1);
    await advance('P4D');
    const gaps = at.slice(1).map((time, index) => time.getTime() - at[index]!.getTime());
    expect(gaps).toHaveLength(GAPS.length);
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(GAPS[index]!);
      expect(gap).toBeLessThan(GAPS[index]! * 1.1 + 3_000);
    }
    const [canceled, activated] = await messages(`subscriptionId=${subscriptionId}`);
    expect(activated).toMatchObject({
      type: 'subscription.activated',
      status: 'FAILED',
      tries: 10,
      lastStatus: 500,
      lastError: 'HTTP 500',
      nextTryAt: null,
      deliveredAt: null,
    });
    expect(canceled).toMatchObject({ type: 'subscription.canceled', status: 'DELIVERED', tries: 1 });
    expect(await messages('status=FAILED')).toMatchObject([{ id: activated.id }]);
    // The same name on every try.
    expect(
      new Set(
        received(subscriptionId)
          .filter(({ status }) => status === 500)
          .map(({ id }) => id),
      ),
    ).toEqual(new Set([activated.id]));
    // Redelivered, it arrives after all.
    receiver.answer = () => 200;
    expect((await operator.post(`/v1/messages/${activated.id}/redeliver`)).body).toMatchObject({
      status: 'DELIVERED',
      tries: 11,
      lastStatus: 200,
      lastError: null,
    });
  });

  it.each([410, 301, 404])('%i is a failed try, and no redirect is followed', async (status) => {
    receiver.answer = () => status;
    const { order } = await buy();
    await eventually('both tries', async () => received(order.orderId).length >= 2);
    await eventually('their mark', async () =>
      (await messages(`orderId=${order.orderId}`)).every(
        ({ lastStatus }: { lastStatus: number }) => lastStatus === status,
      ),
    );
    expect(await messages(`orderId=${order.orderId}&type=payment.succeeded`)).toMatchObject([
      { status: 'PENDING', tries: 1, nextTryAt: expect.any(String), deliveredAt: null },
    ]);
    receiver.answer = () => 200;
    await advance('PT10S');
    expect(received(order.orderId, receiver.taken)).toHaveLength(2);
  });

  it('that does not answer holds nobody up, and is tried again after 15 seconds', async () => {
    const silentOnce = new Set<string>();
    receiver.answer = ({ id }) => (silentOnce.size === 0 ? (silentOnce.add(id), 'nothing') : 200);
    const first = await buy();
    await eventually('the silence', async () => silentOnce.size === 1);
    const startedAt = performance.now();
    expect((await buy()).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await eventually(
      'the timeout',
      async () =>
        (await messages(`orderId=${first.order.orderId}`)).some(
          ({ lastError }: { lastError: string }) => lastError === 'ANSWER_TIMEOUT',
        ),
      20_000,
    );
    await eventually('all', async () => (await messages(`status=PENDING`)).length === 0, 20_000);
  });

  it('that is down for a day gets everything when it is back, in order and without being stormed', async () => {
    receiver.answer = () => 503;
    const lives = [await buy()];
    await eventually('the first no', async () => receiver.tried.length > 0);
    // The two messages of the first may have gone out together. Of the four that follow one is tried, after a pause,
    // and then another.
    for (let life = 0; life < 2; life++) lives.push(await buy());
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(receiver.tried.length).toBeLessThanOrEqual(4);
    await advance('PT6H');
    for (const { api, subscriptionId } of lives) {
      await buy(api);
      await api.post(`/v1/subscriptions/${subscriptionId}/cancel`);
      await advance('PT6H');
      await api.post(`/v1/subscriptions/${subscriptionId}/resume`);
    }
    expect(receiver.taken).toEqual([]);
    const askedMeanwhile = receiver.tried.length;
    // Nine things are first in their line; each is tried at most eight times in a day.
    expect(askedMeanwhile).toBeLessThanOrEqual(9 * 8);
    let atOnce = 0;
    let most = 0;
    receiver.answer = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 20));
      atOnce--;
      return 200;
    };
    await advance('P1D');
    for (const { api, subscriptionId } of lives) {
      expect(received(subscriptionId, receiver.taken).map(({ type }) => type.slice('subscription.'.length))).toEqual([
        'activated',
        'extended',
        'canceled',
        'resumed',
      ]);
      const orders = (await api.get('/v1/payments')).body.data;
      for (const { orderId } of orders)
        expect(received(orderId, receiver.taken).filter(({ type }) => type === 'payment.succeeded')).toHaveLength(1);
    }
    expect(await messages('status=PENDING')).toEqual([]);
    expect(most).toBeLessThanOrEqual(8);
  });
});

describe('two programs at once', () => {
  it('deliver each message once, in order', async () => {
    const other = await createApp(world.settings);
    await other.listen(0, '127.0.0.1');
    try {
      const flaky = new Set<string>();
      receiver.answer = async ({ id, type }) => {
        // Slow enough that one program comes by while the other waits.
        await new Promise((resolve) => setTimeout(resolve, 250));
        return type === 'subscription.extended' && flaky.size < 4 && !flaky.has(id) ? (flaky.add(id), 400) : 200;
      };
      const lives = await Promise.all(Array.from({ length: 6 }, () => buy()));
      for (const { api, subscriptionId } of lives) {
        await buy(api);
        await api.post(`/v1/subscriptions/${subscriptionId}/cancel`);
      }
      await eventually(
        'everything',
        async () => lives.every(({ subscriptionId }) => received(subscriptionId, receiver.taken).length === 3),
        20_000,
      );
      for (const { subscriptionId } of lives)
        expect(received(subscriptionId, receiver.taken).map(({ type }) => type.slice('subscription.'.length))).toEqual([
          'activated',
          'extended',
          'canceled',
        ]);
      const ids = receiver.taken.map(({ id }) => id);
      expect(ids).toHaveLength(new Set(ids).size);
    } finally {
      await other.close();
    }
  });

  it('take over what a program that died had on its way', async () => {
    const { order } = await buy();
    await eventually('its delivery', async () => received(order.orderId, receiver.taken).length === 2);
    // As a crash between claim and mark leaves it: claimed, sent, and nothing written down.
    const now = world.app.get(Clock).now();
    await world.database.query(
      `UPDATE outgoing_event SET status = 'PENDING', delivered_at = NULL, next_try_at = $1 WHERE order_id = $2`,
      [new Date(now.getTime() + 45_000), order.orderId],
    );
    await advance('PT40S');
    expect(received(order.orderId)).toHaveLength(2);
    await advance('PT10S');
    const ids = received(order.orderId, receiver.taken).map(({ id }) => id);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
  });
});
