import { beforeAll, describe, expect, it } from '@jest/globals';
import { LOST } from '../support/faults.ts';
import type { Answer, Api } from '../support/api.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import { eventually, type World } from '../support/world.ts';

/** Toss takes longer than we wait. */
const PATIENCE_MS = 400;
const SLOW_MS = 700;

let world: World;
let make: Make;
let operator: Api;

setupWorld((setup) => ({ world, make, operator } = setup), { settings: { tossTimeoutMs: PATIENCE_MS } });

async function paid(planId = 1) {
  const api = await make.buyer();
  const order = await api.order(planId);
  const paymentKey = await world.simulator.authenticate(order);
  const { orderId } = order;
  await api.confirm(order, paymentKey);
  // Many begin at once, and the provider has little time: an answer may come too late.
  await eventually('the payment', async () => (await api.get(`/v1/payments/${orderId}`)).body.status === 'SUCCESS');
  const refund = (more: object = {}): Promise<Answer> =>
    operator.post('/v1/refunds', { orderId, reason: '고객 요청', ...more });
  const cancels = async () =>
    ((await world.simulator.books(orderId)).payments[0]!.cancels ?? []).map(({ cancelAmount }) => cancelAmount);
  const statuses = async () =>
    (await operator.get(`/v1/refunds?orderId=${orderId}`)).body.data.map(
      ({ status }: { status: string }) => status,
    ) as string[];
  const ended = () =>
    eventually('every refund to come to its end', async () => {
      await world.clock.advance('PT30S');
      return !(await statuses()).includes('PENDING');
    });
  return { api, order, orderId, paymentKey, refund, cancels, statuses, ended };
}

type Begun = Awaited<ReturnType<typeof paid>> & { answer: Answer };

/** The cases of a table begin together, because each mostly waits; the clock moves once all have been answered. */
async function begunTogether(names: readonly string[], begin: (name: string) => Promise<Begun>) {
  const begun = new Map(await Promise.all(names.map(async (name) => [name, await begin(name)] as const)));
  for (const { ended } of begun.values()) await ended();
  return begun;
}

describe.each([
  ['whole', undefined, 9_900],
  ['in part', 3_000, 3_000],
])('a refund %s goes back once, whatever becomes of the answer', (_, amount, given) => {
  const lost = [...LOST, 'in_progress'].flatMap((kind) => [1, 3].map((times) => `${kind}, ${times} times`));
  let begun: Map<string, Begun>;

  beforeAll(async () => {
    begun = await begunTogether(lost, async (name) => {
      const refunded = await paid();
      const [kind, times] = [name.split(', ')[0]!, name.includes('3') ? 3 : 1];
      await world.simulator.fault({ on: 'cancel', kind, orderId: refunded.orderId, times, delayMs: SLOW_MS });
      return { ...refunded, answer: await refunded.refund({ amount }) };
    });
  });

  it.each(lost)('%s', async (name) => {
    const { answer, statuses, cancels } = begun.get(name)!;
    expect([
      [201, 'REFUNDED'],
      [202, 'PENDING'],
    ]).toContainEqual([answer.status, answer.body.refund.status]);
    expect({ statuses: await statuses(), cancels: await cancels() }).toEqual({
      statuses: ['REFUNDED'],
      cancels: [given],
    });
  });
});

describe.each([
  ['whole', undefined, 9_900],
  ['in part', 3_000, 3_000],
])('a refund %s that Toss does not show for a while goes back once', (_, amount, given) => {
  const done = ['drop_after', 'error_after', 'garbage', 'slow_after'];
  let begun: Map<string, Begun>;

  beforeAll(async () => {
    begun = await begunTogether(done, async (kind) => {
      const refunded = await paid();
      const { orderId } = refunded;
      await world.simulator.fault({ on: 'cancel', kind, orderId, times: 2, delayMs: SLOW_MS });
      await world.simulator.fault({ on: 'get', kind: 'not_found_lag', orderId, times: 2 });
      await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId, times: 1 });
      return { ...refunded, answer: await refunded.refund({ amount }) };
    });
  });

  it.each(done)('%s', async (kind) => {
    expect(await begun.get(kind)!.cancels()).toEqual([given]);
  });
});

describe('a no', () => {
  it('is told in Toss’s words, and the money can be refunded again', async () => {
    const { orderId, refund, cancels } = await paid();
    await world.simulator.fault({ on: 'cancel', kind: 'decline', orderId });
    expect(await refund()).toMatchObject({
      status: 402,
      body: {
        code: 'REFUND_DECLINED',
        toss: { code: 'NOT_CANCELABLE_PAYMENT', message: expect.stringContaining('취소') },
      },
    });
    const { body } = await operator.get(`/v1/refunds?orderId=${orderId}`);
    expect(body.data).toMatchObject([
      { status: 'FAILED', completedAt: null, failure: { code: 'NOT_CANCELABLE_PAYMENT' } },
    ]);
    expect(await cancels()).toEqual([]);
    expect((await refund()).status).toBe(201);
  });

  it('to our key is our trouble', async () => {
    const { orderId, refund } = await paid();
    await world.simulator.fault({ on: 'cancel', kind: 'unauthorized', orderId });
    expect(await refund()).toMatchObject({ status: 503, body: { code: 'PROVIDER_MISCONFIGURED' } });
    expect((await refund()).status).toBe(201);
  });

  it('after a lost answer is no answer to what was asked first', async () => {
    const { orderId, refund, cancels, statuses, ended } = await paid();
    await world.simulator.fault({ on: 'cancel', kind: 'slow', orderId, delayMs: SLOW_MS });
    await world.simulator.fault({ on: 'cancel', kind: 'unauthorized', orderId });
    expect((await refund({ amount: 500 })).status).toBe(202);
    await world.clock.advance('PT6S');
    await ended();
    expect({ statuses: await statuses(), cancels: await cancels() }).toEqual({
      statuses: ['REFUNDED'],
      cancels: [500],
    });
  });

  it('with a code that may pass is asked under another key', async () => {
    const { orderId, refund, cancels } = await paid();
    await world.simulator.fault({ on: 'cancel', kind: 'refuse', code: 'FORBIDDEN_CONSECUTIVE_REQUEST', orderId });
    expect((await refund()).status).toBe(201);
    expect(await cancels()).toEqual([9_900]);
  });
});

describe('a cancel that Toss made without us', () => {
  it('comes to light with the next refund: Toss’s balance is another, both are in the books', async () => {
    const { orderId, paymentKey, refund, cancels } = await paid();
    await world.simulator.dashboardCancel(paymentKey, 2_000);
    await world.clock.advance('PT5S');
    expect((await refund({ amount: 1_000 })).body.refund).toMatchObject({ status: 'REFUNDED', amount: 1_000 });
    expect(await cancels()).toEqual([2_000, 1_000]);
    const { body } = await operator.get(`/v1/refunds?orderId=${orderId}`);
    expect(body.data).toMatchObject([
      { requestedBy: 'toss', amount: 2_000, status: 'REFUNDED' },
      { requestedBy: 'op', amount: 1_000 },
    ]);
  });

  it('hours before somebody here asked for as much is not what they asked for', async () => {
    const { orderId, paymentKey, refund, cancels } = await paid();
    await world.simulator.dashboardCancel(paymentKey, 1_000);
    await world.clock.advance('PT3H');
    expect((await refund({ amount: 1_000 })).body.refund.status).toBe('REFUNDED');
    expect(await cancels()).toEqual([1_000, 1_000]);
    expect(
      (await operator.get(`/v1/refunds?orderId=${orderId}`)).body.data
        .map(({ requestedBy }: { requestedBy: string }) => requestedBy)
        .toSorted(),
    ).toEqual(['op', 'toss']);
  });

  it('and leaves too little: nothing more goes back', async () => {
    const { paymentKey, refund, cancels, statuses } = await paid();
    await world.simulator.dashboardCancel(paymentKey, 9_000);
    await world.clock.advance('PT5S');
    expect(await refund({ amount: 1_000 })).toMatchObject({
      status: 402,
      body: { toss: { code: 'NOT_MATCHES_REFUNDABLE_AMOUNT' } },
    });
    expect(await cancels()).toEqual([9_000]);
    expect((await statuses()).toSorted()).toEqual(['FAILED', 'REFUNDED']);
    expect((await refund({ amount: 900 })).status).toBe(201);
  });
});

describe('a refund that Toss is not able to make', () => {
  it('comes to an end, and does not stand in the way of the next', async () => {
    const { orderId, refund, statuses, ended } = await paid();
    await world.simulator.fault({
      on: 'cancel',
      kind: 'error_before',
      code: 'FAILED_PARTIAL_REFUND',
      orderId,
      times: 0,
    });
    expect((await refund({ amount: 500 })).status).toBe(202);
    await ended();
    expect(await statuses()).toEqual(['FAILED']);
    await world.simulator.clearFaults();
    expect((await refund({ amount: 500 })).status).toBe(201);
  });

  it('is given up by an operator, who must say why, once nobody can be at it any more', async () => {
    const { orderId, refund, cancels } = await paid();
    await world.simulator.fault({ on: 'cancel', kind: 'error_before', orderId, times: 0 });
    const { id } = (await refund({ amount: 500 })).body.refund;
    const giveUp = () => operator.post(`/v1/refunds/${id}/give-up`, { reason: '은행이 답하지 않음' });
    expect(await giveUp()).toMatchObject({ status: 409, body: { code: 'REFUND_STILL_ASKED' } });
    await world.clock.advance('PT2M');
    expect(await giveUp()).toMatchObject({ status: 200, body: { status: 'FAILED', failure: { code: 'GIVEN_UP' } } });
    expect(await giveUp()).toMatchObject({ status: 409, body: { code: 'REFUND_NOT_PENDING' } });
    expect(await cancels()).toEqual([]);
    expect((await operator.get(`/v1/operations/audit-log?orderId=${orderId}`)).body.data[0]).toMatchObject({
      action: 'refund.give_up',
      reason: '은행이 답하지 않음',
    });
  });
});

describe('giving up', () => {
  it('does not happen where it cannot be written down', async () => {
    const { orderId, refund, statuses, ended } = await paid();
    await world.simulator.fault({ on: 'cancel', kind: 'error_before', orderId, times: 0 });
    const { id } = (await refund({ amount: 500 })).body.refund;
    await world.clock.advance('PT2M');
    await world.database.query('ALTER TABLE audit_log RENAME TO away');
    const { status } = await operator.post(`/v1/refunds/${id}/give-up`, { reason: '은행이 답하지 않음' });
    await world.database.query('ALTER TABLE away RENAME TO audit_log');
    expect({ status, statuses: await statuses() }).toEqual({ status: 500, statuses: ['PENDING'] });
    await world.simulator.clearFaults();
    await ended();
  });
});

describe('at once', () => {
  it('twenty operators give back all there is, and no more', async () => {
    const { refund, cancels } = await paid();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund({ amount: 4_000 })));
    const codes = answers.map(({ status, body }) => (status === 201 ? 201 : body.code)).toSorted();
    expect(codes).toEqual([201, 201, ...Array(18).fill('REFUND_AMOUNT_EXCEEDED')]);
    expect(await cancels()).toEqual([4_000, 4_000]);
    await refund();
  });

  it('twenty operators who want all of it: one gives it, the others hear that nothing is left', async () => {
    const { refund, cancels } = await paid();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund()));
    expect(answers.map(({ status, body }) => (status === 201 ? 201 : body.code)).toSorted()).toEqual([
      201,
      ...Array(19).fill('PAYMENT_NOT_REFUNDABLE'),
    ]);
    expect(await cancels()).toEqual([9_900]);
  });

  it('a refund while nobody knows yet whether the order was paid', async () => {
    const api = await make.buyer();
    const order = await api.order(1);
    const paymentKey = await world.simulator.authenticate(order);
    const { orderId } = order;
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', orderId, times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId, times: 2 });
    expect((await api.confirm(order, paymentKey)).status).toBe(202);
    expect(await operator.post('/v1/refunds', { orderId, reason: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_NOT_REFUNDABLE' },
    });
    for (let looks = 0; looks < 4; looks++) await world.clock.advance('PT30S');
    expect(await operator.post('/v1/refunds', { orderId, reason: 'x' })).toMatchObject({ status: 201 });
  });

  it('a refund while subscriptions expire, and while the buyer buys more', async () => {
    const { api, orderId, refund } = await paid();
    const { body } = await api.get('/v1/subscriptions/me');
    const more = await api.order(1);
    const paymentKey = await world.simulator.authenticate(more);
    const [refunded, bought] = await Promise.all([
      refund(),
      api.confirm(more, paymentKey),
      operator.post('/v1/operations/jobs/expire-subscriptions/run'),
    ]);
    expect([refunded.status, bought.status]).toEqual([201, 200]);
    expect((await operator.get(`/v1/payments/${orderId}`)).body.status).toBe('REFUNDED');
    const { body: left } = await api.get('/v1/subscriptions/me');
    expect({
      isActive: left.isActive,
      sooner: left.endDate <= new Date(new Date(body.endDate).getTime() + 60_000).toISOString(),
    }).toEqual({ isActive: true, sooner: true });
  });

  it('ends expire what a refund had its hands on', async () => {
    const others = await Promise.all(Array.from({ length: 6 }, () => paid()));
    const { body } = await others[0]!.api.get('/v1/subscriptions/me');
    const admin = await world.api.as('boss', 'admin');
    const endDay = new Date(new Date(body.endDate).getTime() + 24 * 3_600_000);
    const half = others
      .slice(0, 3)
      .map(({ orderId }) =>
        admin.post('/v1/refunds', { orderId, reason: '기간이 지난 뒤의 환불 요청', overrideWindow: true, amount: 100 }),
      );
    await Promise.all([world.clock.set(endDay.toISOString()), ...half]);
    await Promise.all(half);
    const alive = await Promise.all(others.map(({ api }) => api.get('/v1/subscriptions/me')));
    expect(alive.map(({ status }) => status)).toEqual(Array(6).fill(404));
  });
});
