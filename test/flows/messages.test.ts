import { describe, expect, it } from '@jest/globals';
import { AttemptRepository } from '../../src/workflows/begin-attempt/index.ts';
import { RecordOutcome } from '../../src/workflows/record-outcome/index.ts';
import { ProviderRequests } from '../../src/workflows/request-payment/index.ts';
import type { Api } from '../support/api.ts';
import type { Received } from '../support/receiver.ts';
import { setupDelivering } from '../support/outgoing.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let operator: Api;
const { receiver, newBuyer, buy, advance, messages, received } = setupDelivering(
  (setup) => ({ world, operator } = setup),
);

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
    const attempt = (await world.app
      .get(AttemptRepository, { strict: false })
      .findByProviderRef(order.orderId, paymentKey))!;
    const outcome = await world.app.get(ProviderRequests, { strict: false }).resolve(attempt);
    expect(await world.app.get(RecordOutcome, { strict: false }).record(attempt, outcome)).toEqual({
      kind: 'overtaken',
    });
    expect(await messages(`orderId=${order.orderId}`)).toHaveLength(2);
  });

  it('a decline, a mismatch and an unpaid account are told as failures, each once and with its reason', async () => {
    const buyer = await newBuyer();
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
    const buyer = await newBuyer();
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
    const buyer = await newBuyer();
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
    const { body } = await operator.get(`/v1/messages/${activated.id}`);
    expect(body).toMatchObject({ status: 'DELIVERED', nextTryAt: null, lastStatus: 200 });
    // A slow machine has it tried once more before the receiver takes it.
    expect(body.tries).toBeGreaterThanOrEqual(3);
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
