import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let operator: Api;
let buyers = 0;

beforeAll(async () => {
  world = await createWorld();
  operator = await world.api.as('op', 'operator');
});
afterAll(() => world.close());

const reconciled = async (date: string) => (await operator.get(`/v1/operations/reconciliations/${date}`)).body;
const kinds = ({ differences }: { differences: { kind: string; orderId: string }[] }) =>
  differences.map(({ kind, orderId }) => [kind, orderId]).toSorted();

async function paid(planId = 1) {
  const api = await world.api.as(`buyer-${++buyers}`);
  const order = await api.order(planId);
  const paymentKey = await world.simulator.authenticate(order);
  expect((await api.confirm(order, paymentKey)).status).toBe(200);
  return { orderId: order.orderId, paymentKey };
}

async function waitingForDeposit() {
  const api = await world.api.as(`buyer-${++buyers}`);
  const order = await api.order(1);
  const paymentKey = await world.simulator.authenticate(order, { method: '가상계좌' });
  expect((await api.confirm(order, paymentKey)).body.payment.status).toBe('WAITING_FOR_DEPOSIT');
  return { orderId: order.orderId, paymentKey };
}

/** Somebody takes money at Toss with our key, past our program. */
async function takenElsewhere(): Promise<string> {
  const foreign = { orderId: `another-program-${++buyers}`, amount: 50_000 };
  const paymentKey = await world.simulator.authenticate(foreign);
  await fetch(`${world.simulator.url}/v1/payments/confirm`, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(`${world.settings.tossSecretKey}:`).toString('base64')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ ...foreign, paymentKey }),
  });
  return foreign.orderId;
}

/** Virtual accounts that another program issues with our key: a transaction each, and no money. */
async function accountsElsewhere(count: number): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${world.settings.tossSecretKey}:`).toString('base64')}`;
  const account = { amount: 1_000, orderName: 'x', customerName: 'y', bank: '20' };
  for (let issued = 0; issued < count; issued += 50) {
    const orders = Array.from({ length: 50 }, (_, index) => `elsewhere-${issued + index}`);
    await Promise.all(
      orders.map((orderId) =>
        fetch(`${world.simulator.url}/v1/virtual-accounts`, {
          method: 'POST',
          headers: { authorization, 'Content-Type': 'application/json' },
          body: JSON.stringify({ ...account, orderId }),
        }),
      ),
    );
  }
}

describe('the day before, at four', () => {
  it('is matched line by line, net of what went back', async () => {
    await world.clock.set('2027-03-02T10:00:00+09:00');
    const [, refunded] = [await paid(), await paid(2)];
    await operator.post('/v1/refunds', { orderId: refunded.orderId, reason: '고객 요청', amount: 4_900 });
    expect((await operator.get('/v1/operations/reconciliations/2027-03-02')).status).toBe(404);
    await world.clock.set('2027-03-03T04:01:00+09:00');
    expect(await reconciled('2027-03-02')).toMatchObject({
      status: 'MATCHED',
      tossLines: 3,
      ourLines: 3,
      matchedLines: 3,
      tossNet: 24_900,
      ourNet: 24_900,
      openDifferences: 0,
      differences: [],
    });
    expect((await operator.get('/v1/operations/reconciliations?limit=1')).body.data).toMatchObject([
      { date: '2027-03-02', status: 'MATCHED' },
    ]);
  });

  it('settles what our books were behind on: nothing is left for an operator', async () => {
    await world.clock.set('2027-03-05T10:00:00+09:00');
    const { orderId, paymentKey } = await paid();
    await world.simulator.dashboardCancel(paymentKey);
    await world.clock.set('2027-03-06T04:01:00+09:00');
    expect(await reconciled('2027-03-05')).toMatchObject({
      status: 'MATCHED',
      settledCount: 1,
      tossLines: 2,
      ourLines: 2,
      tossNet: 0,
      ourNet: 0,
    });
    expect((await operator.get(`/v1/refunds?orderId=${orderId}`)).body.data).toMatchObject([
      { requestedBy: 'toss', status: 'REFUNDED', amount: 9_900 },
    ]);
    await expectBooksToAgree(world);
  });

  it('shows every kind of difference that Toss cannot settle, and an operator works them off', async () => {
    await world.clock.set('2027-03-08T10:00:00+09:00');
    const [amount, status, there] = [await paid(), await paid(), await paid()];
    const here = await takenElsewhere();
    // Books that were meddled with, in ways that no news from Toss mends.
    await world.database.query(`UPDATE payment SET amount = 9000 WHERE order_id = '${amount.orderId}'`);
    await world.database.query(
      `UPDATE payment SET provider_ref = provider_ref || '-lost' WHERE order_id = '${there.orderId}'`,
    );
    await world.database.query(
      `UPDATE payment_attempt SET provider_ref = provider_ref || '-lost' WHERE order_id = '${there.orderId}'`,
    );
    await world.database.query(
      `UPDATE payment SET status = 'EXPIRED', approved_at = NULL WHERE order_id = '${status.orderId}'`,
    );
    await world.database.query(
      `INSERT INTO payment_void (id, order_id, provider_ref, reason, created_at)
        VALUES (gen_random_uuid(), '${status.orderId}', '${status.paymentKey}', 'PAYMENT_SURPLUS', now())`,
    );
    await world.clock.set('2027-03-09T04:01:00+09:00');
    const day = await reconciled('2027-03-08');
    expect(day).toMatchObject({ status: 'DIFFERENT', tossLines: 4 });
    expect(kinds(day)).toEqual(
      [
        ['AMOUNT', amount.orderId],
        ['MISSING_HERE', here],
        ['MISSING_HERE', there.orderId],
        ['MISSING_THERE', there.orderId],
        ['STATUS', status.orderId],
      ].toSorted(),
    );
    expect(day.differences.find(({ kind }: { kind: string }) => kind === 'AMOUNT')).toMatchObject({
      ours: { amount: 9_000 },
      theirs: { amount: 9_900 },
      resolution: null,
    });

    expect((await operator.get('/v1/operations/invariants')).body.invariants).toContainEqual(
      expect.objectContaining({ name: 'books_say_what_toss_says', ok: false, broken: 5 }),
    );
    expect(await world.api.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', brokenInvariants: expect.arrayContaining(['books_say_what_toss_says']) },
    });
    expect((await world.api.get('/metrics')).body).toContain(
      'gudok_broken_invariants{name="books_say_what_toss_says"} 5',
    );

    // What is mended by hand is found mended by the next run; the rest an operator resolves, and says how.
    await world.database.query(`UPDATE payment SET amount = 9900 WHERE order_id = '${amount.orderId}'`);
    expect((await operator.post('/v1/operations/jobs/reconcile/run')).body).toEqual({ name: 'reconcile', affected: 4 });
    const after = await reconciled('2027-03-08');
    expect(after.differences.find(({ kind }: { kind: string }) => kind === 'AMOUNT')).toMatchObject({
      resolution: { by: 'reconcile', how: 'settled' },
    });
    for (const { id, resolution } of after.differences) {
      if (resolution) continue;
      expect(
        await operator.post(`/v1/operations/reconciliations/differences/${id}/resolve`, { how: 'refunded at Toss' }),
      ).toMatchObject({ status: 400 });
      expect(
        await operator.post(`/v1/operations/reconciliations/differences/${id}/resolve`, {
          how: 'refunded at Toss',
          reason: '다른 시스템의 결제',
        }),
      ).toMatchObject({ status: 200, body: { resolution: { by: 'op', how: 'refunded at Toss' } } });
      expect(
        await operator.post(`/v1/operations/reconciliations/differences/${id}/resolve`, { how: 'again', reason: 'x' }),
      ).toMatchObject({ status: 409, body: { code: 'DIFFERENCE_RESOLVED' } });
    }
    expect((await reconciled('2027-03-08')).status).toBe('MATCHED');
  });

  it('finds what only Toss moved, days after our books did', async () => {
    await world.clock.set('2027-03-20T10:00:00+09:00');
    const { orderId, paymentKey } = await paid();
    await world.clock.set('2027-03-23T10:00:00+09:00');
    await world.simulator.dashboardCancel(paymentKey);
    await world.clock.set('2027-03-26T10:00:00+09:00');
    expect((await operator.get(`/v1/payments/${orderId}`)).body.status).toBe('REFUNDED');
  });

  it('counts no money for a virtual account cancelled before its deposit, whenever it was issued', async () => {
    await world.clock.set('2027-03-28T10:00:00+09:00');
    const [sameDay, nextDay, dashboard] = [
      await waitingForDeposit(),
      await waitingForDeposit(),
      await waitingForDeposit(),
    ];
    const refund = (orderId: string) => operator.post('/v1/refunds', { orderId, reason: '입금 전 취소' });
    expect(await refund(sameDay.orderId)).toMatchObject({ status: 201, body: { refund: { status: 'REFUNDED' } } });
    await world.clock.set('2027-03-29T10:00:00+09:00');
    expect((await refund(nextDay.orderId)).status).toBe(201);
    await world.simulator.dashboardCancel(dashboard.paymentKey);
    await world.clock.set('2027-03-30T04:01:00+09:00');
    const none = { status: 'MATCHED', tossLines: 0, ourLines: 0, tossNet: 0, ourNet: 0, differences: [] };
    expect(await reconciled('2027-03-28')).toMatchObject(none);
    expect(await reconciled('2027-03-29')).toMatchObject(none);
  });

  it('is not held up by a payment that cannot be looked at', async () => {
    await world.clock.set('2027-04-01T10:00:00+09:00');
    const here = await takenElsewhere();
    await world.simulator.fault({ on: 'get', kind: 'error_before', orderId: here, times: 0 });
    await world.clock.set('2027-04-02T10:00:00+09:00');
    await paid();
    await world.clock.set('2027-04-03T04:01:00+09:00');
    expect(kinds(await reconciled('2027-04-01'))).toEqual([['MISSING_HERE', here]]);
    expect((await reconciled('2027-04-02')).status).toBe('MATCHED');
    await world.simulator.clearFaults();
  });

  it('is made up for after Toss was away, and after days on which nobody looked', async () => {
    await world.clock.set('2027-04-11T10:00:00+09:00');
    await paid();
    await world.simulator.fault({ on: 'transactions', kind: 'error_before', times: 0 });
    await world.clock.set('2027-04-12T05:00:00+09:00');
    expect((await operator.get('/v1/operations/reconciliations/2027-04-11')).status).toBe(404);
    await world.simulator.clearFaults();
    await world.clock.set('2027-04-15T04:30:00+09:00');
    expect(await reconciled('2027-04-11')).toMatchObject({ status: 'MATCHED', tossLines: 1 });
  });

  it('is made up for after days that have more transactions than a page', async () => {
    await world.clock.set('2027-05-03T10:00:00+09:00');
    await world.simulator.fault({ on: 'transactions', kind: 'error_before', times: 0 });
    await paid();
    await accountsElsewhere(1_050);
    await world.clock.set('2027-05-05T10:00:00+09:00');
    const { orderId } = await paid(2);
    await operator.post('/v1/refunds', { orderId, reason: '고객 요청', amount: 900 });
    await world.clock.set('2027-05-07T05:00:00+09:00');
    await world.simulator.clearFaults();
    await world.clock.set('2027-05-08T05:00:00+09:00');
    expect(await reconciled('2027-05-03')).toMatchObject({ status: 'MATCHED', tossLines: 1, tossNet: 9_900 });
    expect(await reconciled('2027-05-05')).toMatchObject({ status: 'MATCHED', tossLines: 2, tossNet: 19_000 });
  });
});
