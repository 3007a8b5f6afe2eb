import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../../src/platform/time/clock.ts';
import { createApp } from '../../src/app.ts';
import { GAPS } from '../../src/outbox/schedule.ts';
import { AttemptRepository } from '../../src/payments/index.ts';
import { RecordOutcome } from '../../src/workflows/record-outcome/index.ts';
import { ProviderRequests } from '../../src/workflows/request-payment/index.ts';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { type Received, Receiver, RECEIVER_SECRET } from '../support/receiver.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let receiver: Receiver;
let operator: Api;
let buyers = 0;

beforeAll(async () => {
  receiver = new Receiver();
  const url = await receiver.listen();
  world = await createWorld({ outboundWebhook: { url, secret: RECEIVER_SECRET } });
  operator = await world.api.as('olga', 'operator');
});
beforeEach(() => {
  receiver.tried.length = 0;
  receiver.answer = () => 200;
});
afterEach(async () => {
  // Nothing of one test is left over for the next.
  receiver.answer = () => 200;
  await world.api.post('/v1/sandbox/clock', { advance: 'P2D' });
  await expectBooksToAgree(world);
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

async function buy(api?: Api, planId = 1) {
  const buyer = api ?? (await world.api.as(`buyer-${++buyers}`));
  const order = await buyer.order(planId);
  const paymentKey = await world.simulator.authenticate(order);
  const { status, body } = await buyer.confirm(order, paymentKey);
  return { api: buyer, order, paymentKey, status, body, subscriptionId: body.subscription?.id as string };
}

const advance = (duration: string) => world.api.post('/v1/sandbox/clock', { advance: duration });
const messages = async (query: string) => (await operator.get(`/v1/messages?${query}`)).body.data;
const received = (id: string, list: Received[] = receiver.tried) =>
  list.filter(({ data }) => data['orderId'] === id || data['subscriptionId'] === id);

describe('in normal life', () => {
  it('a payment and what it grants are told within two seconds, once, signed', async () => {
    const { order, subscriptionId, body } = await buy();
    await eventually('both messages', async () => received(order.orderId).length === 2, 2_500);
    const payment = received(order.orderId).find(({ type }) => type === 'payment.succeeded')!;
    expect(payment.data).toEqual({
      orderId: order.orderId,
      userId: body.payment.userId,
      planId: 1,
      orderName: body.payment.orderName,
      amount: 9900,
      refundedAmount: 0,
      currency: 'KRW',
      status: 'SUCCESS',
      method: '카드',
      approvedAt: body.payment.approvedAt,
      failure: null,
      createdAt: body.payment.createdAt,
    });
    const granted = received(subscriptionId);
    expect(granted).toMatchObject([
      {
        type: 'subscription.activated',
        data: {
          orderId: order.orderId,
          userId: body.payment.userId,
          planId: 1,
          price: 9900,
          endsAt: body.subscription.endDate,
        },
      },
    ]);
    expect(payment.headers['content-type']).toBe('application/json');
    expect(payment.id).toMatch(/^msg_[0-9a-f]{8}-[0-9a-f]{4}-7/);
    // Confirmed again, nothing happens, and nothing is told.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(received(order.orderId)).toHaveLength(2);
    const [stored] = await messages(`orderId=${order.orderId}&type=payment.succeeded&status=delivered`);
    expect(stored).toMatchObject({
      id: payment.id,
      status: 'DELIVERED',
      tries: 1,
      lastStatus: 200,
      lastError: null,
      nextTryAt: null,
      timestamp: payment.timestamp,
      data: payment.data,
    });
    const { body: metrics } = await world.api.get('/metrics');
    expect(metrics).toMatch(/gudok_message_deliveries_total\{result="delivered"\} [1-9]/);
    expect(metrics).toContain('gudok_pending_messages 0');
  });

  it('the same confirm again, many at once, or one that comes too late, tell it once', async () => {
    const { api, order, paymentKey } = await buy();
    await Promise.all(Array.from({ length: 5 }, () => api.confirm(order, paymentKey)));
    // As by a recoverer that was overtaken: it comes with news that are written already.
    const attempt = (await world.app.get(AttemptRepository, { strict: false }).of(order.orderId, paymentKey))!;
    const outcome = await world.app.get(ProviderRequests, { strict: false }).resolve(attempt);
    expect(await world.app.get(RecordOutcome, { strict: false }).record(attempt, outcome)).toEqual({
      kind: 'overtaken',
    });
    expect(await messages(`orderId=${order.orderId}`)).toHaveLength(2);
  });

  it('a decline, a mismatch and an unpaid account are told as failures, each once and with its reason', async () => {
    const buyer = await world.api.as(`buyer-${++buyers}`);
    const declined = await buyer.order(1);
    await world.simulator.fault({
      on: 'confirm',
      kind: 'decline',
      orderId: declined.orderId,
      code: 'REJECT_CARD_COMPANY',
    });
    expect((await buyer.confirm(declined, await world.simulator.authenticate(declined))).status).toBe(402);
    const mismatched = await buyer.order(1);
    await world.simulator.fault({ on: 'confirm', kind: 'wrong_amount', orderId: mismatched.orderId });
    expect((await buyer.confirm(mismatched, await world.simulator.authenticate(mismatched))).status).toBe(502);
    const unpaid = await buyer.order(1);
    await buyer.confirm(unpaid, await world.simulator.authenticate(unpaid, { method: '가상계좌' }));
    expect(await messages(`orderId=${unpaid.orderId}`)).toEqual([]);
    await advance('P15D');
    const told = async (orderId: string) =>
      (await messages(`orderId=${orderId}`)).map(({ type, data }: Received) => [
        type,
        data['status'],
        data['failure']?.code ?? null,
      ]);
    expect(await told(declined.orderId)).toEqual([['payment.failed', 'FAILED', 'REJECT_CARD_COMPANY']]);
    expect(await told(mismatched.orderId)).toEqual([['payment.failed', 'FAILED', 'PAYMENT_MISMATCH']]);
    expect(await told(unpaid.orderId)).toEqual([['payment.failed', 'EXPIRED', null]]);
  });

  it('a deposit is told when it is found', async () => {
    const buyer = await world.api.as(`buyer-${++buyers}`);
    const order = await buyer.order(1);
    await buyer.confirm(order, await world.simulator.authenticate(order, { method: '가상계좌' }));
    await world.simulator.deposit(order.orderId);
    await advance('PT11M');
    expect(
      received(order.orderId)
        .map(({ type, data }) => [type, data['status'] ?? null])
        .toSorted(),
    ).toEqual([
      ['payment.succeeded', 'SUCCESS'],
      ['subscription.activated', null],
    ]);
    expect(JSON.stringify(receiver.tried)).not.toMatch(/accountNumber|secret|paymentKey/);
  });

  it('what becomes of a payment is told in order, and of a subscription whose money goes back', async () => {
    let refusals = 0;
    receiver.answer = ({ type }) => (type === 'payment.failed' && refusals < 2 ? (refusals++, 400) : 200);
    const buyer = await world.api.as(`buyer-${++buyers}`);
    const order = await buyer.order(1);
    await world.simulator.fault({
      on: 'confirm',
      kind: 'decline',
      orderId: order.orderId,
      code: 'REJECT_CARD_COMPANY',
      times: 1,
    });
    expect((await buyer.confirm(order, await world.simulator.authenticate(order))).status).toBe(402);
    await eventually('the first try', async () => refusals === 1);
    const { body } = await buyer.confirm(order, await world.simulator.authenticate(order));
    for (const amount of [900, 9_000])
      expect((await operator.post('/v1/refunds', { orderId: order.orderId, reason: 'x', amount })).status).toBe(201);
    await advance('PT1H');
    const told = received(order.orderId, receiver.taken);
    const payment = told
      .filter(({ type }) => type.startsWith('payment.'))
      .map(({ type, data }) => [type, data['status'], data['refundedAmount'], data['refunded'] ?? null]);
    expect(payment).toEqual([
      ['payment.failed', 'FAILED', 0, null],
      ['payment.succeeded', 'SUCCESS', 0, null],
      ['payment.refunded', 'PARTIALLY_REFUNDED', 900, 900],
      ['payment.refunded', 'REFUNDED', 9_900, 9_000],
    ]);
    expect(told.filter(({ data }) => data['subscriptionId'] === body.subscription.id).map(({ type }) => type)).toEqual([
      'subscription.activated',
      'payment.refunded',
      'subscription.expired',
      'payment.refunded',
    ]);
  });

  it('a life is told in order', async () => {
    const { api, subscriptionId } = await buy();
    await buy(api);
    await api.post(`/v1/subscriptions/${subscriptionId}/change`, { planId: 1 });
    await api.post(`/v1/subscriptions/${subscriptionId}/cancel`);
    await api.post(`/v1/subscriptions/${subscriptionId}/resume`);
    await buy(api, 2);
    await advance('P3M');
    expect(received(subscriptionId, receiver.taken).map(({ type }) => type.slice('subscription.'.length))).toEqual([
      'activated',
      'extended',
      'change_withdrawn',
      'canceled',
      'resumed',
      'changed',
      'expired',
    ]);
    const timestamps = received(subscriptionId).map(({ timestamp }) => timestamp);
    expect(timestamps.toSorted()).toEqual(timestamps);
  });
});

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
    // The two messages of the first may have gone out together. Of the four that follow one is tried, after a pause, and then another.
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

describe('an operator', () => {
  it('sends again what was delivered, under the same id, and it is written down who did', async () => {
    const { order } = await buy();
    await eventually('its delivery', async () => received(order.orderId, receiver.taken).length === 2);
    const [message] = await messages(`orderId=${order.orderId}&type=payment.succeeded`);
    const { status, body } = await operator.post(`/v1/messages/${message.id}/redeliver`);
    expect(status).toBe(200);
    expect(body).toEqual({ ...message, tries: 2, lastTriedAt: body.lastTriedAt });
    expect(received(order.orderId).filter(({ id }) => id === message.id)).toHaveLength(2);
    const audit = await world.database.query(`SELECT actor, action, order_id FROM audit_log WHERE subject = $1`, [
      `message:${message.id}`,
    ]);
    expect(audit).toEqual([{ actor: 'olga', action: 'message.redeliver', order_id: order.orderId }]);
  });

  it('whose redelivery fails has it tried again, out of everybody’s way', async () => {
    const { api, order, subscriptionId } = await buy();
    await eventually('its delivery', async () => received(order.orderId, receiver.taken).length === 2);
    const [activated] = await messages(`subscriptionId=${subscriptionId}`);
    receiver.answer = ({ id }) => (id === activated.id ? 400 : 200);
    expect((await operator.post(`/v1/messages/${activated.id}/redeliver`)).body).toMatchObject({
      status: 'DELIVERED',
      tries: 2,
      lastStatus: 400,
      nextTryAt: expect.any(String),
    });
    await api.post(`/v1/subscriptions/${subscriptionId}/cancel`);
    await eventually('the next', async () => received(subscriptionId, receiver.taken).length === 2);
    receiver.answer = () => 200;
    await advance('PT10M');
    expect((await operator.get(`/v1/messages/${activated.id}`)).body).toMatchObject({
      status: 'DELIVERED',
      tries: expect.any(Number),
      nextTryAt: null,
      lastStatus: 200,
    });
  });

  it('pages through them, newest first; a customer does not', async () => {
    const first = (await operator.get('/v1/messages?limit=3')).body;
    const second = (await operator.get(`/v1/messages?limit=3&cursor=${first.nextCursor}`)).body;
    const all = (await operator.get('/v1/messages?limit=6')).body.data;
    expect([...first.data, ...second.data]).toEqual(all);
    const { id } = all[0];
    expect((await operator.get(`/v1/messages/${id}`)).body).toEqual(all[0]);
    const customer = await world.api.as('carl');
    for (const answer of [
      await customer.get('/v1/messages'),
      await customer.get(`/v1/messages/${id}`),
      await customer.post(`/v1/messages/${id}/redeliver`),
    ])
      expect(answer.status).toBe(403);
    for (const unknown of ['msg_01932f3c-0000-7000-8000-000000000000', 'nonsense', '1']) {
      expect(await operator.get(`/v1/messages/${unknown}`)).toMatchObject({
        status: 404,
        body: { code: 'MESSAGE_NOT_FOUND' },
      });
      expect(await operator.post(`/v1/messages/${unknown}/redeliver`)).toMatchObject({
        status: 404,
        body: { code: 'MESSAGE_NOT_FOUND' },
      });
    }
    for (const bad of ['status=LOST', 'type=payment', 'subscriptionId=x', 'cursor=x'])
      expect((await operator.get(`/v1/messages?${bad}`)).status).toBe(400);
  });
});

it('without a receiver messages are kept, and nobody is sent anything', async () => {
  const silent = await createWorld();
  try {
    const buyer = await silent.api.as('b');
    const order = await buyer.order(1);
    await buyer.confirm(order, await silent.simulator.authenticate(order));
    const olga = await silent.api.as('olga', 'operator');
    const { data } = (await olga.get('/v1/messages')).body;
    expect(data).toMatchObject([{ status: 'KEPT', tries: 0, nextTryAt: null }, { status: 'KEPT' }]);
    expect(await olga.post(`/v1/messages/${data[0].id}/redeliver`)).toMatchObject({
      status: 409,
      body: { code: 'NO_RECEIVER' },
    });
    expect((await olga.post('/v1/operations/jobs/deliver-messages/run')).body).toEqual({
      name: 'deliver-messages',
      affected: 0,
    });
  } finally {
    await silent.close();
  }
});
