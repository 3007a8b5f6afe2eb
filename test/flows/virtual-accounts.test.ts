import { describe, expect, it } from '@jest/globals';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let make: Make;

setupWorld((setup) => ({ world, make } = setup));

async function issued() {
  const api = await make.buyer();
  const order = await api.order(1);
  const paymentKey = await world.simulator.authenticate(order, { method: '가상계좌' });
  const { body } = await api.confirm(order, paymentKey);
  expect(body.payment.status).toBe('WAITING_FOR_DEPOSIT');
  const payment = async () => (await api.get(`/v1/payments/${order.orderId}`)).body;
  return { api, order, payment, paymentKey, dueDate: body.payment.virtualAccount.dueDate as string };
}

describe('a virtual account, without any webhook', () => {
  it('grants from the deposit, within minutes of it', async () => {
    const { api, order, payment } = await issued();
    await world.clock.advance('PT5M');
    await world.simulator.deposit(order.orderId);
    await world.clock.advance('PT6M');
    expect(await payment()).toMatchObject({ status: 'SUCCESS', method: '가상계좌', approvedAt: expect.any(String) });
    const { body } = await api.get('/v1/subscriptions/me');
    expect(body.isActive).toBe(true);
    const { now } = (await api.get('/v1/sandbox/clock')).body;
    expect(new Date(now).getTime() - new Date(body.startDate).getTime()).toBeLessThan(2 * 60_000);
  });

  it('expires when nobody has paid until its time is over', async () => {
    const { api, order, payment, dueDate, paymentKey } = await issued();
    await world.clock.set(new Date(new Date(dueDate).getTime() - 60_000).toISOString());
    expect((await payment()).status).toBe('WAITING_FOR_DEPOSIT');
    await world.clock.advance('PT3M');
    expect((await payment()).status).toBe('EXPIRED');
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
    expect((await api.confirm(order, paymentKey)).status).toBe(410);
  });

  it('is not paid a second time by another key', async () => {
    const { api, order } = await issued();
    expect(await api.confirm(order, await world.simulator.authenticate(order))).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_IN_PROGRESS' },
    });
  });

  it('that was closed in Toss’s dashboard ends without money', async () => {
    const { payment, paymentKey } = await issued();
    await fetch(`${world.simulator.url}/_dashboard/cancel`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ paymentKey, cancelReason: 'x' }),
    });
    await world.clock.advance('PT11M');
    expect(await payment()).toMatchObject({ status: 'FAILED', failure: { code: 'CANCELED' }, refundedAmount: 0 });
  });

  it('whose deposit was refunded in part and then reversed by the bank is an operator’s to decide', async () => {
    const other = await createWorld({ logLevel: 'error' }, true);
    const operator = await other.api.as('op', 'operator');
    const api = await other.api.as('reversed');
    const order = await api.order(1);
    await api.confirm(order, await other.simulator.authenticate(order, { method: '가상계좌' }));
    await other.simulator.deposit(order.orderId);
    const payment = async () => (await api.get(`/v1/payments/${order.orderId}`)).body;
    await eventually('the deposit', async () => (await payment()).status === 'SUCCESS');
    const refundReceiveAccount = { bank: '88', accountNumber: '110123456789', holderName: '김토스' };
    const refund = await operator.post('/v1/refunds', {
      orderId: order.orderId,
      reason: '일부 환불',
      amount: 1_000,
      refundReceiveAccount,
    });
    expect(refund.status).toBe(201);
    await other.simulator.revertDeposit(order.orderId);
    const open = async () => {
      const { invariants } = (await operator.get('/v1/operations/invariants')).body;
      return invariants.find(({ name }: { name: string }) => name === 'reversed_deposits_are_resolved')
        .broken as number;
    };
    await eventually('the operators to be told', async () => (await open()) === 1);
    // Nothing is revoked without them, and the same webhook again changes nothing.
    expect(await payment()).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: 1_000 });
    expect((await api.get('/v1/subscriptions/me')).body.isActive).toBe(true);
    await other.api.post('/v1/sandbox/clock', { advance: 'P2D' });
    const days = (await operator.get('/v1/operations/reconciliations')).body.data;
    const { date } = days.find(({ status }: { status: string }) => status === 'DIFFERENT');
    const { differences } = (await operator.get(`/v1/operations/reconciliations/${date}`)).body;
    expect([differences.length, await open()]).toEqual([1, 1]);
    const decided = { how: '구매자에게 안내', reason: '은행이 입금을 되돌림' };
    expect(
      (await operator.post(`/v1/operations/reconciliations/differences/${differences[0].id}/resolve`, decided)).status,
    ).toBe(200);
    expect(await open()).toBe(0);
    await other.close();
  });
});
