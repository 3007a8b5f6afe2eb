import { describe, expect, it } from '@jest/globals';
import { LOST_AT_ONCE } from '../support/faults.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import { eventually, type World } from '../support/world.ts';

let world: World;
let make: Make;

setupWorld((setup) => ({ world, make } = setup));

async function orderWith(fault: { kind: string; times?: number; code?: string; delayMs?: number }) {
  const api = await make.buyer();
  const order = await api.order(1);
  const paymentKey = await world.simulator.authenticate(order);
  await world.simulator.fault({ on: 'confirm', orderId: order.orderId, ...fault });
  // The recoverer looks when its time has come; the clock brings it.
  const settled = async (status: string) => {
    await world.clock.advance('PT20S');
    return eventually(`order to be ${status}`, async () => {
      const { body } = await api.get(`/v1/payments/${order.orderId}`);
      return body.status === status && body;
    });
  };
  return { api, order, paymentKey, settled };
}

describe('an answer that is lost once is a blip', () => {
  it.each([...LOST_AT_ONCE, 'in_progress'])('%s', async (kind) => {
    const { api, order, paymentKey } = await orderWith({ kind });
    const { status, body } = await api.confirm(order, paymentKey);
    expect({ status, payment: body.payment?.status, active: body.subscription?.isActive }).toEqual({
      status: 200,
      payment: 'SUCCESS',
      active: true,
    });
    const keys = new Set((await world.simulator.confirms(order.orderId)).map(({ idempotencyKey }) => idempotencyKey));
    expect(keys.size).toBe(1);
  });
});

describe('an answer that stays away is unknown, and settles by itself', () => {
  it.each(['drop_before', 'drop_after', 'error_before', 'error_after', 'garbage', 'in_progress'])(
    '%s, twice',
    async (kind) => {
      const { api, order, paymentKey, settled } = await orderWith({ kind, times: 2 });
      const answer = await api.confirm(order, paymentKey);
      // A 5xx after the money was taken is followed by "already processed", and the payment itself then tells.
      if (answer.status === 202)
        expect(answer.body).toMatchObject({ payment: { status: 'PENDING' }, subscription: null });
      else expect(answer.status).toBe(200);
      await settled('SUCCESS');
      expect((await api.get('/v1/subscriptions/me')).body.isActive).toBe(true);
      expect(await api.confirm(order, paymentKey)).toMatchObject({
        status: 200,
        body: { payment: { status: 'SUCCESS' } },
      });
    },
  );

  it('slower than we wait', async () => {
    const { api, order, paymentKey, settled } = await orderWith({ kind: 'slow_after', delayMs: 3_000 });
    expect(await api.confirm(order, paymentKey)).toMatchObject({
      status: 202,
      body: { payment: { status: 'PENDING' } },
    });
    await settled('SUCCESS');
  });

  it('while Toss denies to know the payment, and long after', async () => {
    const { api, order, paymentKey, settled } = await orderWith({ kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'not_found_lag', orderId: order.orderId, times: 6 });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    await settled('SUCCESS');
  });

  it('to a decline, when that is what it was', async () => {
    const { api, order, paymentKey, settled } = await orderWith({ kind: 'drop_before', times: 2 });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    await world.simulator.fault({
      on: 'confirm',
      kind: 'decline',
      code: 'REJECT_CARD_COMPANY',
      orderId: order.orderId,
    });
    expect((await settled('FAILED')).failure.code).toBe('REJECT_CARD_COMPANY');
    expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(200);
  });

  it('and nobody pays the order with another key meanwhile', async () => {
    const { api, order, paymentKey, settled } = await orderWith({ kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'error_before', orderId: order.orderId, times: 2 });
    const first = await api.confirm(order, paymentKey);
    expect(first.status).toBe(202);
    const second = await api.confirm(order, await world.simulator.authenticate(order));
    expect(second.status).toBe(409);
    await settled('SUCCESS');
  });

  it('to nothing taken, when the payment never reached Toss and the window is over', async () => {
    const { api, order, paymentKey } = await orderWith({ kind: 'drop_before', times: 0 });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    await world.clock.advance('PT31M');
    expect((await api.get(`/v1/payments/${order.orderId}`)).body).toMatchObject({
      status: 'FAILED',
      failure: { code: 'EXPIRED_PAYMENT' },
    });
    await world.clock.reset();
  });
});

describe('what Toss took for something else goes back', () => {
  it.each(['wrong_amount', 'wrong_order'])('%s', async (kind) => {
    const { api, order, paymentKey } = await orderWith({ kind });
    const answer = await api.confirm(order, paymentKey);
    expect(answer).toMatchObject({ status: 502, body: { code: 'PAYMENT_MISMATCH' } });
    expect((await world.simulator.books()).payments.find((payment) => payment.paymentKey === paymentKey)).toMatchObject(
      { status: 'CANCELED', balanceAmount: 0 },
    );
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
    expect((await api.confirm(order, paymentKey)).body.code).toBe('PAYMENT_MISMATCH');
    expect(await world.simulator.confirms(order.orderId)).toHaveLength(1);
  });

  it('even when the cancel fails at first', async () => {
    const { api, order, paymentKey } = await orderWith({ kind: 'wrong_amount' });
    await world.simulator.fault({ on: 'cancel', kind: 'drop_before', paymentKey, times: 1 });
    expect((await api.confirm(order, paymentKey)).body.code).toBe('PAYMENT_MISMATCH');
    await eventually('the money to go back', async () => {
      await world.clock.advance('PT20S');
      const { payments } = await world.simulator.books();
      return payments.find((payment) => payment.paymentKey === paymentKey)?.balanceAmount === 0;
    });
    await eventually('the net cancel to be closed', async () => {
      await world.clock.advance('PT20S');
      const [row] = await world.database.query<{ status: string }>(
        'SELECT status FROM payment_void WHERE provider_ref = $1',
        [paymentKey],
      );
      return row?.status === 'CANCELED';
    });
  });
});

describe('our own key is refused', () => {
  it('answers 503, and the same payment key pays once it is mended', async () => {
    const { api, order, paymentKey } = await orderWith({ kind: 'unauthorized' });
    expect(await api.confirm(order, paymentKey)).toMatchObject({
      status: 503,
      body: { code: 'PROVIDER_MISCONFIGURED' },
    });
    expect(await api.confirm(order, paymentKey)).toMatchObject({
      status: 200,
      body: { payment: { status: 'SUCCESS' } },
    });
  });
});
