import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { World } from '../support/world.ts';

let world: World;
let make: Make;
let operator: Api;
let admin: Api;

setupWorld((setup) => ({ world, make, operator, admin } = setup));

const REASON = '고객 요청';

async function paid(planId = 1, amount?: number, method = '카드') {
  const api = await make.buyer();
  const order = await api.order(planId, amount);
  const paymentKey = await world.simulator.authenticate(order, { method });
  const { status, body } = await api.confirm(order, paymentKey);
  expect(status).toBe(200);
  const { orderId } = order;
  const refund = (more: object = {}, by = operator) => by.post('/v1/refunds', { orderId, reason: REASON, ...more });
  const payment = async () => (await api.get(`/v1/payments/${orderId}`)).body;
  const atToss = async () => (await world.simulator.books(orderId)).payments[0]!;
  return {
    api,
    orderId,
    paymentKey,
    refund,
    payment,
    atToss,
    approvedAt: new Date(body.payment.approvedAt),
    subscription: body.subscription,
  };
}

describe('a refund', () => {
  it('of all gives the money back, ends the subscription and says so', async () => {
    const { api, orderId, refund, payment, atToss, subscription } = await paid();
    expect((await operator.get(`/v1/payments/${orderId}/refund-quote`)).body).toMatchObject({
      refundableAmount: 9_900,
      windowOpen: true,
      refusal: null,
      refundAccountRequired: false,
      effect: { kind: 'ends_subscription', subscriptionId: subscription.id },
    });
    const { status, body } = await refund();
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        message: '환불 완료',
        refund: {
          orderId,
          amount: 9_900,
          reason: REASON,
          status: 'REFUNDED',
          requestedBy: 'op',
          completedAt: expect.any(String),
          failure: null,
        },
      },
    });
    expect(await payment()).toMatchObject({ status: 'REFUNDED', refundedAmount: 9_900 });
    expect(await atToss()).toMatchObject({ status: 'CANCELED', balanceAmount: 0, cancels: [{ cancelAmount: 9_900 }] });
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
    const { body: timeline } = await api.get(`/v1/subscriptions/${subscription.id}/timeline`);
    expect(timeline.data.map(({ type }: { type: string }) => type)).toEqual([
      'subscription.activated',
      'subscription.expired',
      'payment.refunded',
    ]);
    expect(await refund()).toMatchObject({ status: 409, body: { code: 'PAYMENT_NOT_REFUNDABLE' } });
    expect((await operator.get(`/v1/refunds/${body.refund.id}`)).body).toEqual(body.refund);
    expect((await operator.get(`/v1/refunds?orderId=${orderId}&status=REFUNDED`)).body.data).toEqual([body.refund]);
  });

  it('in parts leaves the subscription, until nothing is left', async () => {
    const { api, refund, payment, atToss } = await paid();
    expect((await refund({ amount: 900 })).status).toBe(201);
    expect(await payment()).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: 900 });
    expect((await api.get('/v1/subscriptions/me')).body.isActive).toBe(true);
    expect(await refund({ amount: 9_001 })).toMatchObject({ status: 400, body: { code: 'REFUND_AMOUNT_EXCEEDED' } });
    // Toss takes no two cancels within a second: the second waits its turn.
    expect((await refund({ amount: 900 })).status).toBe(201);
    expect((await refund()).body.refund).toMatchObject({ status: 'REFUNDED', amount: 8_100 });
    expect(await payment()).toMatchObject({ status: 'REFUNDED', refundedAmount: 9_900 });
    expect(await atToss()).toMatchObject({ status: 'PARTIAL_CANCELED', balanceAmount: 0 });
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
  });

  it('in part ends the subscription when that is asked for', async () => {
    const { api, refund, subscription } = await paid(2);
    expect((await refund({ amount: 5_000, endSubscription: true })).body.refund).toMatchObject({
      status: 'REFUNDED',
      endSubscription: true,
    });
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
    expect((await api.get(`/v1/subscriptions/${subscription.id}`)).body.isActive).toBe(false);
  });

  it('of a gift is taken off what the event has gathered', async () => {
    const total = async () => (await world.api.get('/v1/events')).body.data[0].totalAmount as number;
    const before = await total();
    const { refund } = await paid(3, 50_000);
    await refund({ amount: 20_000 });
    expect((await total()) - before).toBe(30_000);
    await refund();
    expect((await total()) - before).toBe(0);
  });

  it('is for operators, and past its window for admins who say why', async () => {
    const { api, orderId, refund, approvedAt } = await paid();
    expect(await refund({}, api)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect((await refund({}, world.api)).status).toBe(401);
    await world.clock.set(new Date(approvedAt.getTime() + 72 * 3_600_000 + 1).toISOString());
    expect(await refund()).toMatchObject({ status: 400, body: { code: 'REFUND_WINDOW_CLOSED' } });
    expect((await operator.get(`/v1/payments/${orderId}/refund-quote`)).body).toMatchObject({
      windowOpen: false,
      refusal: 'REFUND_WINDOW_CLOSED',
      windowEndsAt: new Date(approvedAt.getTime() + 72 * 3_600_000).toISOString(),
    });
    expect(await refund({ overrideWindow: true, reason: '서비스 장애로 인한 환불' })).toMatchObject({ status: 403 });
    expect(await refund({ overrideWindow: true, reason: '열 글자가 안 됨' }, admin)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'reason' }] },
    });
    expect(await refund({ overrideWindow: true, reason: '서비스 장애로 인한 환불' }, admin)).toMatchObject({
      status: 201,
    });
    await world.clock.reset();
  });

  it('refuses what cannot be refunded', async () => {
    const none = await operator.post('/v1/refunds', { orderId: 'no-such-order', reason: REASON });
    expect(none).toMatchObject({ status: 404, body: { code: 'PAYMENT_NOT_FOUND' } });
    const { refund } = await paid();
    for (const bad of [
      { amount: 0 },
      { amount: -1 },
      { amount: 1.5 },
      { amount: '100' },
      { reason: ' ' },
      { reason: 'x'.repeat(201) },
      { reason: undefined },
    ]) {
      expect({ bad, ...(await refund(bad)) }).toMatchObject({ bad, status: 400, body: { code: 'VALIDATION_FAILED' } });
    }
    expect((await operator.get('/v1/refunds/nonsense')).body.code).toBe('REFUND_NOT_FOUND');
  });

  it('is made once under one Idempotency-Key', async () => {
    const { refund, orderId, atToss } = await paid();
    const again = () =>
      operator.post('/v1/refunds', { orderId, reason: REASON, amount: 100 }, { 'Idempotency-Key': `once-${orderId}` });
    const first = await again();
    expect((await again()).body).toEqual(first.body);
    expect((await atToss()).cancels).toHaveLength(1);
    // The program died over it, or forgot: what was begun is found again.
    await world.database.query(`DELETE FROM idempotent_request`);
    expect((await again()).body).toEqual(first.body);
    expect((await atToss()).cancels).toHaveLength(1);
    await refund();
  });

  it('is another one under the same Idempotency-Key a day later, and no other within the day', async () => {
    const { orderId, payment } = await paid();
    const key = { 'Idempotency-Key': `a-day-${orderId}` };
    const ask = (amount: number, reason = REASON) => operator.post('/v1/refunds', { orderId, reason, amount }, key);
    const first = (await ask(1_000)).body.refund.id;
    // The program died before it could keep the answer: the refund itself knows what was requested.
    const forgetAnswers = () => world.database.query('DELETE FROM idempotent_request');
    await forgetAnswers();
    expect((await ask(1_000)).body.refund.id).toBe(first);
    await forgetAnswers();
    expect(await ask(5_000)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    await forgetAnswers();
    expect(await ask(1_000, '다른 사유')).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    await world.clock.advance('P1D');
    expect(await ask(5_000)).toMatchObject({ status: 201, body: { refund: { amount: 5_000 } } });
    expect((await payment()).refundedAmount).toBe(6_000);
  });

  it('in part, between the end and the midnight that follows it, ends nothing', async () => {
    await world.clock.set('2027-05-03T10:00:00+09:00');
    const { api, refund, subscription } = await paid();
    // Bought at ten in the morning: over at ten, live until midnight.
    await world.clock.set(new Date(new Date(subscription.endDate).getTime() + 60_000).toISOString());
    expect(
      (await refund({ amount: 100, overrideWindow: true, reason: '기간이 지난 뒤의 환불 요청' }, admin)).status,
    ).toBe(201);
    expect((await api.get('/v1/subscriptions/me')).status).toBe(200);
    await world.clock.reset();
  });
});

describe('a virtual account', () => {
  const account = { bank: '신한', accountNumber: '110-123-456789', holderName: '김토스' };

  it('that was paid is refunded to an account, which is kept no longer than needed and shown to nobody', async () => {
    const { orderId, api, refund, payment } = await paid(1, undefined, '가상계좌');
    await world.simulator.deposit(orderId);
    await world.clock.advance('PT11M');
    expect((await payment()).status).toBe('SUCCESS');
    expect(await refund()).toMatchObject({ status: 400, body: { code: 'REFUND_ACCOUNT_REQUIRED' } });
    expect(await refund({ refundReceiveAccount: { ...account, bank: '없는은행' } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'refundReceiveAccount.bank' }] },
    });
    // Toss is out of reach for a while: the account must be there for the next asking, and not to be read.
    await world.simulator.fault({ on: 'cancel', kind: 'drop_before', orderId, times: 3 });
    const { status, body } = await refund({ refundReceiveAccount: account });
    expect({ status, body }).toMatchObject({
      status: 202,
      body: {
        refund: {
          status: 'PENDING',
          refundReceiveAccount: { bank: '88', accountNumber: '********6789', holderName: '김**' },
        },
      },
    });
    const [kept] = await world.database.query<{ row: string }>(
      `SELECT refund::text AS row FROM refund WHERE order_id = '${orderId}'`,
    );
    expect(kept!.row).not.toMatch(/110123456789|김토스/);
    await world.clock.advance('PT2M');
    expect((await operator.get(`/v1/refunds/${body.refund.id}`)).body.status).toBe('REFUNDED');
    const [after] = await world.database.query<{ sealed: string | null }>(
      `SELECT sealed_account AS sealed FROM refund WHERE order_id = '${orderId}'`,
    );
    expect(after!.sealed).toBeNull();
    const requests = (await world.simulator.requests(orderId)) as unknown as {
      path: string;
      body: { refundReceiveAccount?: object };
    }[];
    expect(requests.filter(({ path }) => path.endsWith('/cancel')).at(-1)!.body.refundReceiveAccount).toEqual({
      bank: '88',
      accountNumber: '110123456789',
      holderName: '김토스',
    });
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
  });

  it('whose sealed account cannot be read fails its refund, and holds up no other', async () => {
    const { orderId, refund } = await paid(1, undefined, '가상계좌');
    await world.simulator.deposit(orderId);
    await world.clock.advance('PT11M');
    await world.simulator.fault({ on: 'cancel', kind: 'drop_before', orderId, times: 3 });
    const { id } = (await refund({ amount: 1_000, refundReceiveAccount: account })).body.refund;
    await world.database.query(`UPDATE refund SET sealed_account = 'unreadable' WHERE id = '${id}'`);
    await world.simulator.clearFaults();
    const [next] = await Promise.all([
      refund({ amount: 500, refundReceiveAccount: account }),
      world.clock.advance('PT2M'),
    ]);
    expect(next).toMatchObject({ status: 201, body: { refund: { status: 'REFUNDED', amount: 500 } } });
    expect((await operator.get(`/v1/refunds/${id}`)).body).toMatchObject({
      status: 'FAILED',
      failure: { code: 'REFUND_ACCOUNT_UNREADABLE' },
    });
  });

  it('that nobody paid into is closed, and no money moves', async () => {
    const { orderId, refund, payment, atToss } = await paid(1, undefined, '가상계좌');
    expect((await operator.get(`/v1/payments/${orderId}/refund-quote`)).body).toMatchObject({
      beforeDeposit: true,
      refundAccountRequired: false,
      effect: { kind: 'none' },
    });
    expect(await refund({ amount: 100 })).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await refund()).toMatchObject({ status: 201, body: { refund: { status: 'REFUNDED' } } });
    expect(await payment()).toMatchObject({ status: 'FAILED', failure: { code: 'CANCELED' }, refundedAmount: 0 });
    expect((await atToss()).status).toBe('CANCELED');
    expect((await world.simulator.books()).moneyOut).toBe(await movedOut());
  });
});

/** What our books say went back, in won. */
async function movedOut(): Promise<number> {
  const [row] = await world.database.query<{ sum: string }>(
    'SELECT COALESCE(sum(refunded_amount), 0) AS sum FROM payment',
  );
  return Number(row!.sum);
}

describe('what operators do', () => {
  it('is not done where it cannot be written down', async () => {
    const { orderId, refund, payment } = await paid();
    await world.database.query('ALTER TABLE audit_log RENAME TO away');
    const { status } = await refund({ amount: 1_000 });
    await world.database.query('ALTER TABLE away RENAME TO audit_log');
    expect(status).toBe(500);
    expect((await operator.get(`/v1/refunds?orderId=${orderId}`)).body.data).toEqual([]);
    expect(await payment()).toMatchObject({ status: 'SUCCESS', refundedAmount: 0 });
  });

  it('is written down for good: who, what, why, from where', async () => {
    const { orderId, refund } = await paid();
    await refund({ amount: 1_000 });
    const { body } = await operator.get(`/v1/operations/audit-log?actor=op&orderId=${orderId}`);
    expect(body.data).toMatchObject([
      {
        actor: 'op',
        role: 'operator',
        action: 'refund.request',
        orderId,
        reason: REASON,
        before: { status: 'SUCCESS', refundedAmount: 0 },
        after: { amount: 1_000 },
        address: expect.any(String),
        requestId: expect.any(String),
      },
    ]);
    const { createdAt } = body.data[0];
    expect((await operator.get(`/v1/operations/audit-log?orderId=${orderId}&to=${createdAt}`)).body.data).toEqual([]);
    expect(
      (await operator.get(`/v1/operations/audit-log?orderId=${orderId}&from=${createdAt}`)).body.data,
    ).toHaveLength(1);
    for (const change of [`UPDATE audit_log SET reason = 'x'`, 'DELETE FROM audit_log', 'TRUNCATE audit_log'])
      await expect(world.database.query(change)).rejects.toThrow('append-only');
  });
});
