import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import { eventually, type World } from '../support/world.ts';

let world: World;
let make: Make;
let operator: Api;

setupWorld((setup) => ({ world, make, operator } = setup), { webhooks: true });

async function ordered(method = '카드', planId = 1, amount?: number) {
  const api = await make.buyer();
  const order = await api.order(planId, amount);
  const paymentKey = await world.simulator.authenticate(order, { method });
  const { orderId } = order;
  const payment = async () => (await api.get(`/v1/payments/${orderId}`)).body;
  const becomes = (status: string) =>
    eventually(`the payment to be ${status}`, async () => (await payment()).status === status, 10_000);
  const events = async (filter = '') =>
    (await operator.get(`/v1/webhook-events?orderId=${orderId}${filter}`)).body.data as {
      id: string;
      type: string;
      status: string;
      processed: boolean;
      note: string;
      data: any;
    }[];
  return { api, order, orderId, paymentKey, payment, becomes, events, confirm: () => api.confirm(order, paymentKey) };
}

const deliver = (body: unknown, headers: Record<string, string> = {}) =>
  world.api.post('/v1/webhooks/toss', body, {
    'tosspayments-webhook-transmission-id': `whtrans_${randomUUID()}`,
    'tosspayments-webhook-transmission-retried-count': '0',
    ...headers,
  });
const broken = async () =>
  (await operator.get('/v1/operations/invariants')).body.invariants
    .filter(({ ok }: { ok: boolean }) => !ok)
    .map(({ name }: { name: string }) => name) as string[];
const looks = async (orderId: string) =>
  (await world.simulator.requests(orderId)).filter(({ method }) => method === 'GET').length;

describe('a webhook', () => {
  it('is stored, and answered before anything behind it is done', async () => {
    const { orderId, paymentKey, confirm, events } = await ordered();
    await confirm();
    await world.simulator.fault({ on: 'get', kind: 'slow', orderId, delayMs: 3_000 });
    const startedAt = performance.now();
    const body = {
      eventType: 'PAYMENT_STATUS_CHANGED',
      createdAt: '2026-11-21T10:00:00.000000',
      data: { paymentKey, orderId, status: 'DONE', secret: 'ps_told_nobody' },
    };
    expect(await deliver(body)).toMatchObject({ status: 200, body: { received: true } });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    const stored = await eventually('the event to be listed', async () =>
      (await events()).find(({ data }) => data.createdAt === body.createdAt),
    );
    expect(stored).toMatchObject({ type: 'PAYMENT_STATUS_CHANGED', data: { data: { status: 'DONE', secret: '***' } } });
    await eventually('the event to be processed', async () => (await events('&processed=false')).length === 0, 10_000);
  });

  it('that comes twice is one row', async () => {
    const { orderId, confirm, events } = await ordered();
    await confirm();
    await eventually('news of the confirm', async () => (await events()).length === 1);
    const id = `whtrans_${randomUUID()}`;
    const body = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId } };
    for (const retried of ['0', '1', '2'])
      expect(
        (
          await deliver(body, {
            'tosspayments-webhook-transmission-id': id,
            'tosspayments-webhook-transmission-retried-count': retried,
          })
        ).status,
      ).toBe(200);
    expect(await events()).toHaveLength(2);
  });

  it.each([
    ['of a type we do not act on', { eventType: 'METHOD_UPDATED', data: { customerKey: 'x' } }, 'METHOD_UPDATED'],
    ['without a type', { hello: 'world' }, 'UNKNOWN'],
    [
      'of an order nobody made here',
      { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: 'somebody-else', paymentKey: 'tgen_x' } },
      'PAYMENT_STATUS_CHANGED',
    ],
    ['with nonsense where names should be', { eventType: 7, data: [1, 2] }, 'UNKNOWN'],
    ['with half a character', { eventType: 'HALF', data: { name: '\ud800' } }, 'HALF'],
    ['with a NUL', { eventType: 'NUL', data: { ['na\u0000me']: 'a\u0000b' } }, 'NUL'],
  ])('%s is kept, and costs Toss nothing', async (_, body, type) => {
    const { length: before } = await world.simulator.requests('somebody-else');
    expect((await deliver(body)).status).toBe(200);
    const kept = await eventually(
      'it to be looked at',
      async () => (await operator.get(`/v1/webhook-events?type=${type}&status=UNHANDLED&limit=1`)).body.data[0],
    );
    expect(kept).toMatchObject({ type, processed: true, status: 'UNHANDLED' });
    expect(await world.simulator.requests('somebody-else')).toHaveLength(before);
  });

  it('nested deeper than anything is kept', async () => {
    expect((await deliver(`{"eventType":"DEEP","data":${'['.repeat(3_900)}${']'.repeat(3_900)}}`)).status).toBe(200);
    await eventually(
      'it to be looked at',
      async () => (await operator.get('/v1/webhook-events?type=DEEP&status=UNHANDLED')).body.data.length === 1,
    );
  });

  it('that is no JSON, or too much of it, is refused', async () => {
    expect(await deliver('not json')).toMatchObject({ status: 400, body: { code: 'MALFORMED_REQUEST' } });
    expect(await deliver({ data: 'x'.repeat(65 * 1024) })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
  });

  it('is shown to operators alone', async () => {
    const { api } = await ordered();
    expect((await api.get('/v1/webhook-events')).status).toBe(403);
    expect((await operator.get('/v1/webhook-events/nonsense')).body.code).toBe('WEBHOOK_EVENT_NOT_FOUND');
  });
});

describe('news by webhook', () => {
  it('settles a confirm whose answer was lost', async () => {
    const { orderId, confirm, becomes } = await ordered();
    await world.simulator.fault({ on: 'confirm', kind: 'drop_after', orderId, times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId, times: 1 });
    expect([200, 202]).toContain((await confirm()).status);
    await becomes('SUCCESS');
  });

  it('brings a cancel of Toss’s dashboard into the books as a refund by toss', async () => {
    const { api, orderId, paymentKey, confirm, becomes } = await ordered();
    await confirm();
    await world.simulator.dashboardCancel(paymentKey, 1_900);
    await becomes('PARTIALLY_REFUNDED');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await world.simulator.dashboardCancel(paymentKey);
    await becomes('REFUNDED');
    expect((await operator.get(`/v1/refunds?orderId=${orderId}`)).body.data).toMatchObject([
      { requestedBy: 'toss', amount: 8_000 },
      { requestedBy: 'toss', amount: 1_900 },
    ]);
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
  });

  it('is never what the body says', async () => {
    const { orderId, paymentKey, confirm, payment, events } = await ordered();
    await confirm();
    const lie = {
      eventType: 'PAYMENT_STATUS_CHANGED',
      data: {
        orderId,
        paymentKey,
        status: 'CANCELED',
        totalAmount: 9_900,
        balanceAmount: 0,
        cancels: [{ cancelAmount: 9_900, transactionKey: 'x' }],
      },
    };
    await deliver(lie);
    await eventually('the lie to be looked into', async () => (await events('&processed=false')).length === 0, 10_000);
    expect(await payment()).toMatchObject({ status: 'SUCCESS', refundedAmount: 0 });
  });

  it('a mismatched payment that was given back stays failed', async () => {
    const { orderId, paymentKey, confirm, payment, events } = await ordered();
    await world.simulator.fault({ on: 'confirm', kind: 'wrong_amount', paymentKey });
    expect((await confirm()).body.code).toBe('PAYMENT_MISMATCH');
    await eventually(
      'all news to be processed',
      async () => (await events()).length >= 2 && (await events('&processed=false')).length === 0,
      15_000,
    );
    expect(await payment()).toMatchObject({ status: 'FAILED', refundedAmount: 0 });
    expect((await operator.get(`/v1/refunds?orderId=${orderId}`)).body.data).toEqual([]);
  });

  it('that cannot be looked into is tried again, less and less often, and then shown', async () => {
    const { orderId, confirm, events } = await ordered();
    await confirm();
    await eventually('news of the confirm', async () => (await events('&processed=true')).length === 1);
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 0 });
    await deliver({ eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId } });
    await eventually('it to be given up', async () => {
      await world.clock.advance('PT3H');
      return (await events('&status=FAILED')).length === 1;
    });
    await world.simulator.clearFaults();
    expect(await broken()).toContain('webhooks_are_processed');
    const { data: given } = (await operator.get('/v1/webhook-events?status=FAILED')).body;
    for (const { id } of given)
      expect(await operator.post(`/v1/webhook-events/${id}/replay`)).toMatchObject({
        status: 200,
        body: { id, processed: true, status: 'PROCESSED' },
      });
    await world.clock.advance('P1D');
    expect(await broken()).toEqual([]);
    expect((await operator.get(`/v1/operations/audit-log?orderId=${orderId}`)).body.data).toMatchObject([
      { action: 'webhook.replay', actor: 'op' },
    ]);
    await world.clock.reset();
  });
});

describe('a flood of forged webhooks', () => {
  it('costs Toss a look a second for an order, however many come', async () => {
    const { orderId, paymentKey, confirm, events } = await ordered();
    await confirm();
    await eventually('news of the confirm', async () => (await events('&processed=true')).length === 1);
    const before = await looks(orderId);
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: 200 }, () =>
        deliver({ eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId, paymentKey, status: 'CANCELED' } }),
      ),
    );
    await eventually('all of them to be done', async () => (await events('&processed=false')).length === 0);
    const seconds = (performance.now() - startedAt) / 1_000;
    expect((await looks(orderId)) - before).toBeLessThanOrEqual(Math.ceil(seconds) + 2);
  });
});

describe('a virtual account', () => {
  it('is granted from its deposit, taken back when the bank reverses it, and granted again', async () => {
    const { api, orderId, confirm, becomes, payment, events } = await ordered('가상계좌');
    expect((await confirm()).body.payment.status).toBe('WAITING_FOR_DEPOSIT');
    await world.simulator.deposit(orderId);
    await becomes('SUCCESS');
    expect((await api.get('/v1/subscriptions/me')).body.isActive).toBe(true);
    await eventually('all news to be processed', async () => (await events('&processed=false')).length === 0, 10_000);
    expect((await events('&type=DEPOSIT_CALLBACK')).every(({ status }) => status === 'PROCESSED')).toBe(true);

    await world.simulator.revertDeposit(orderId);
    await becomes('WAITING_FOR_DEPOSIT');
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);
    expect(await payment()).toMatchObject({ approvedAt: null, refundedAmount: 0 });
    await expectBooksToAgree(world);

    await world.simulator.deposit(orderId);
    await becomes('SUCCESS');
    expect((await api.get('/v1/subscriptions/me')).body.isActive).toBe(true);
  });

  it('of an event likewise', async () => {
    const gathered = async () => (await world.api.get('/v1/events')).body.data[0].totalAmount as number;
    const before = await gathered();
    const { orderId, confirm, becomes } = await ordered('가상계좌', 3, 70_000);
    await confirm();
    await world.simulator.deposit(orderId);
    await becomes('SUCCESS');
    expect((await gathered()) - before).toBe(70_000);
    await world.simulator.revertDeposit(orderId);
    await becomes('WAITING_FOR_DEPOSIT');
    expect((await gathered()) - before).toBe(0);
    await world.simulator.deposit(orderId);
    await becomes('SUCCESS');
    expect((await gathered()) - before).toBe(70_000);
  });

  const account = { bank: '신한', accountNumber: '110123456789', holderName: '김토스' };
  const news = ({ orderId, paymentKey }: { orderId: string; paymentKey: string }) =>
    deliver({ eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId, paymentKey } });

  it('that is closed while the news of it overtakes the answer ends as refunded', async () => {
    const bought = await ordered('가상계좌');
    await bought.confirm();
    await world.simulator.fault({ on: 'cancel', kind: 'slow_after', orderId: bought.orderId, delayMs: 1_200 });
    const refunding = operator.post('/v1/refunds', { orderId: bought.orderId, reason: '고객 요청' });
    await bought.becomes('FAILED');
    expect((await refunding).body.refund).toMatchObject({ status: 'REFUNDED' });
  });

  it('a refund of a deposit that the bank takes back meanwhile gives nothing back of the next one', async () => {
    const bought = await ordered('가상계좌');
    await bought.confirm();
    await world.simulator.deposit(bought.orderId);
    await bought.becomes('SUCCESS');
    await world.simulator.fault({ on: 'cancel', kind: 'drop_before', orderId: bought.orderId, times: 2 });
    const { body } = await operator.post('/v1/refunds', {
      orderId: bought.orderId,
      reason: '고객 요청',
      amount: 1_000,
      refundReceiveAccount: account,
    });
    expect(body.refund.status).toBe('PENDING');
    await world.simulator.revertDeposit(bought.orderId);
    await bought.becomes('WAITING_FOR_DEPOSIT');
    await world.clock.advance('PT6M');
    expect((await operator.get(`/v1/refunds/${body.refund.id}`)).body).toMatchObject({
      status: 'FAILED',
      failure: { code: 'PAYMENT_CHANGED' },
    });
    await world.simulator.deposit(bought.orderId);
    await bought.becomes('SUCCESS');
    expect((await world.simulator.books(bought.orderId)).payments).toMatchObject([{ balanceAmount: 9_900 }]);
  });

  it('is not taken back on the word of a look that began before the deposit', async () => {
    const bought = await ordered('가상계좌');
    await bought.confirm();
    await eventually(
      'all news to be processed',
      async () => (await bought.events('&processed=false')).length === 0,
      10_000,
    );
    await world.simulator.fault({ on: 'get', kind: 'slow_after', orderId: bought.orderId, delayMs: 3_000 });
    await news(bought);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await world.simulator.deposit(bought.orderId);
    await bought.becomes('SUCCESS');
    await eventually(
      'the slow look to arrive',
      async () => (await bought.events('&processed=false')).length === 0,
      10_000,
    );
    expect(await bought.payment()).toMatchObject({ status: 'SUCCESS' });
    const told = (await operator.get(`/v1/messages?orderId=${bought.orderId}`)).body.data as { type: string }[];
    expect(told.map(({ type }) => type)).not.toContain('payment.reversed');
  });

  it('for a change that is no longer possible becomes balance, and can be refunded', async () => {
    const first = await ordered();
    const { body } = await first.confirm();
    const upgrade = await first.api.order(2);
    const paymentKey = await world.simulator.authenticate(upgrade, { method: '가상계좌' });
    await first.api.confirm(upgrade, paymentKey);
    await first.api.post(`/v1/subscriptions/${body.subscription.id}/cancel`);
    await world.simulator.deposit(upgrade.orderId);
    const status = async () => (await first.api.get(`/v1/payments/${upgrade.orderId}`)).body.status as string;
    await eventually('the deposit to be known', async () => (await status()) === 'SUCCESS', 10_000);
    expect((await first.api.get('/v1/subscriptions/me')).body.planId).toBe(1);
    await expectBooksToAgree(world);
    expect(
      (
        await operator.post('/v1/refunds', {
          orderId: upgrade.orderId,
          reason: '고객 요청',
          refundReceiveAccount: account,
        })
      ).status,
    ).toBe(201);
    expect(await status()).toBe('REFUNDED');
  });

  it('whose period a change had ended does not come back without money', async () => {
    const first = await ordered('가상계좌');
    await first.confirm();
    await world.simulator.deposit(first.orderId);
    await first.becomes('SUCCESS');
    const upgrade = await first.api.order(2);
    await first.api.confirm(upgrade, await world.simulator.authenticate(upgrade));
    await world.simulator.revertDeposit(first.orderId);
    await first.becomes('WAITING_FOR_DEPOSIT');
    expect((await operator.post('/v1/refunds', { orderId: upgrade.orderId, reason: '고객 요청' })).status).toBe(201);
    expect((await first.api.get('/v1/subscriptions/me')).status).toBe(404);
  });

  it('a DEPOSIT_CALLBACK without the payment’s secret is known for forged', async () => {
    const { orderId, confirm, payment, events } = await ordered('가상계좌');
    await confirm();
    await deliver({
      createdAt: '2026-11-21T00:00:00.000000',
      secret: 'ps_guessed',
      status: 'DONE',
      transactionKey: 'x',
      orderId,
    });
    const forged = await eventually(
      'the forged one to be found out',
      async () => (await events('&status=UNHANDLED'))[0],
    );
    expect(forged.note).toContain('forged');
    expect((await payment()).status).toBe('WAITING_FOR_DEPOSIT');
  });
});
