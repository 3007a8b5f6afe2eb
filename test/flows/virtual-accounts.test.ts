import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let buyers = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => expectBooksToAgree(world));
afterAll(() => world.close());

async function issued() {
  const api = await world.api.as(`buyer-${++buyers}`);
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
    await world.api.post('/v1/sandbox/clock', { advance: 'PT5M' });
    await world.simulator.deposit(order.orderId);
    await world.api.post('/v1/sandbox/clock', { advance: 'PT6M' });
    expect(await payment()).toMatchObject({ status: 'SUCCESS', method: '가상계좌', approvedAt: expect.any(String) });
    const { body } = await api.get('/v1/subscriptions/me');
    expect(body.isActive).toBe(true);
    const { now } = (await api.get('/v1/sandbox/clock')).body;
    expect(new Date(now).getTime() - new Date(body.startDate).getTime()).toBeLessThan(2 * 60_000);
  });

  it('expires when nobody has paid until its time is over', async () => {
    const { api, order, payment, dueDate, paymentKey } = await issued();
    await world.api.post('/v1/sandbox/clock', { set: new Date(new Date(dueDate).getTime() - 60_000).toISOString() });
    expect((await payment()).status).toBe('WAITING_FOR_DEPOSIT');
    await world.api.post('/v1/sandbox/clock', { advance: 'PT3M' });
    expect((await payment()).status).toBe('EXPIRED');
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
    expect((await api.confirm(order, paymentKey)).status).toBe(410);
  });

  it('is not paid a second time by another key', async () => {
    const { api, order } = await issued();
    expect(await api.confirm(order, await world.simulator.authenticate(order))).toMatchObject({ status: 409, body: { code: 'PAYMENT_IN_PROGRESS' } });
  });

  it('that was closed in Toss’s dashboard ends without money', async () => {
    const { payment, paymentKey } = await issued();
    await fetch(`${world.simulator.url}/_dashboard/cancel`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ paymentKey, cancelReason: 'x' }) });
    await world.api.post('/v1/sandbox/clock', { advance: 'PT11M' });
    expect(await payment()).toMatchObject({ status: 'FAILED', failure: { code: 'CANCELED' }, refundedAmount: 0 });
  });
});
