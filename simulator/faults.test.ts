import { Merchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await Merchant.of();
});
afterEach(() => merchant.call('DELETE', '/_faults'));
afterAll(() => merchant.simulator.close());

const statusOf = async (orderId: string): Promise<string> => (await merchant.ledger(orderId)).payments[0].status;
const DROPPED = { status: 'dropped', json: undefined };
const confirmUnder = async (fault: object, more: Record<string, unknown> = {}) => {
  const opened = await merchant.buyer(more);
  await merchant.fault({ on: 'confirm', orderId: opened.orderId, ...fault });
  const before = (await merchant.ledger()).moneyIn;
  const reply = await merchant.confirm(opened, `key-${opened.orderId}`).catch(() => DROPPED);
  return { opened, reply, taken: (await merchant.ledger()).moneyIn - before };
};

describe('confirm', () => {
  test.each([
    // kind, response, code, status after it, money taken
    ['drop_before', 'dropped', undefined, 'IN_PROGRESS', 0],
    ['drop_after', 'dropped', undefined, 'DONE', 10_000],
    ['error_before', 500, 'FAILED_INTERNAL_SYSTEM_PROCESSING', 'IN_PROGRESS', 0],
    ['error_after', 500, 'FAILED_INTERNAL_SYSTEM_PROCESSING', 'DONE', 10_000],
    ['garbage_before', 200, undefined, 'IN_PROGRESS', 0],
    ['garbage', 200, undefined, 'DONE', 10_000],
    ['in_progress', 409, 'IDEMPOTENT_REQUEST_PROCESSING', 'IN_PROGRESS', 0],
    ['rate_limited', 429, 'TOO_MANY_REQUESTS', 'IN_PROGRESS', 0],
    ['unauthorized', 401, 'UNAUTHORIZED_KEY', 'IN_PROGRESS', 0],
    ['not_found_lag', 404, 'NOT_FOUND_PAYMENT', 'IN_PROGRESS', 0],
    ['refuse', 403, 'FORBIDDEN_REQUEST', 'IN_PROGRESS', 0],
    ['decline', 403, 'REJECT_CARD_PAYMENT', 'ABORTED', 0],
  ])('%s', async (kind, status, code, after, taken) => {
    const { opened, reply, taken: moneyIn } = await confirmUnder({ kind });
    expect(reply.status).toBe(status);
    expect(reply.json?.code).toBe(code);
    expect(await statusOf(opened.orderId)).toBe(after);
    expect(moneyIn).toBe(taken);
    expect((await merchant.call('GET', `/_requests?orderId=${opened.orderId}&path=confirm`)).json).toEqual([
      expect.objectContaining({
        fault: kind,
        status: status === 'dropped' ? null : status,
        idempotencyKey: `key-${opened.orderId}`,
      }),
    ]);
  });

  test('the same key after a lost response gets the stored response', async () => {
    const { opened } = await confirmUnder({ kind: 'drop_after', times: 2 });
    await expect(merchant.confirm(opened, `key-${opened.orderId}`)).rejects.toThrow();
    expect((await merchant.confirm(opened, `key-${opened.orderId}`)).json).toMatchObject({ status: 'DONE' });
  });

  test('a 5xx is not stored under the key by default', async () => {
    const forgotten = await confirmUnder({ kind: 'error_after' });
    expect((await merchant.confirm(forgotten.opened, `key-${forgotten.opened.orderId}`)).json.code).toBe(
      'ALREADY_PROCESSED_PAYMENT',
    );
    const kept = await confirmUnder({ kind: 'error_after', keepAnswer: true });
    expect((await merchant.confirm(kept.opened, `key-${kept.opened.orderId}`)).json.status).toBe('DONE');
  });

  test('a decline ends the payment with its reason; a fault of the system does not', async () => {
    const { opened, reply } = await confirmUnder({ kind: 'decline', code: 'INVALID_STOPPED_CARD' });
    expect(reply.status).toBe(400);
    expect((await merchant.call('GET', `/v1/payments/${opened.paymentKey}`)).json).toMatchObject({
      status: 'ABORTED',
      approvedAt: null,
      failure: { code: 'INVALID_STOPPED_CARD', message: '정지된 카드 입니다.' },
    });
    const { opened: other } = await confirmUnder({ kind: 'decline', code: 'PROVIDER_ERROR' });
    expect(await statusOf(other.orderId)).toBe('IN_PROGRESS');
  });

  test('slow waits and then works; slow_after works and then waits', async () => {
    for (const [kind, during] of [
      ['slow', 'IN_PROGRESS'],
      ['slow_after', 'DONE'],
    ] as const) {
      const opened = await merchant.buyer();
      await merchant.fault({ on: 'confirm', kind, paymentKey: opened.paymentKey, delayMs: 250 });
      const started = Date.now();
      const waiting = merchant.confirm(opened);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await statusOf(opened.orderId)).toBe(during);
      expect((await waiting).json.status).toBe('DONE');
      expect(Date.now() - started).toBeGreaterThanOrEqual(240);
    }
  });

  test('wrong_amount and wrong_order approve another amount or order', async () => {
    const amount = await confirmUnder({ kind: 'wrong_amount', wrongAmount: 7777 });
    expect(amount.reply.json).toMatchObject({ status: 'DONE', totalAmount: 7777, vat: 707 });
    expect(amount.taken).toBe(7777);
    const order = await confirmUnder({ kind: 'wrong_order', wrongOrderId: 'another-order' });
    expect(order.reply.json).toMatchObject({ status: 'DONE', orderId: 'another-order' });
    expect((await merchant.ledger('another-order')).payments).toHaveLength(1);
    expect((await merchant.ledger(order.opened.orderId)).payments).toHaveLength(0);
  });
});

test('faults on cancel: done or not done', async () => {
  for (const [kind, balance] of [
    ['drop_before', 10_000],
    ['drop_after', 6000],
    ['error_after', 6000],
    ['decline', 10_000],
  ] as const) {
    const paid = await merchant.paid();
    await merchant.fault({ on: 'cancel', kind, orderId: paid.orderId });
    await merchant.cancel(paid.paymentKey, { cancelAmount: 4000 }).catch(() => DROPPED);
    expect([kind, (await merchant.ledger(paid.orderId)).payments[0].balanceAmount]).toEqual([kind, balance]);
  }
});

test('not_found_lag hides a payment for the given number of reads', async () => {
  const { paymentKey, orderId } = await merchant.paid();
  await merchant.fault({ on: 'get', kind: 'not_found_lag', orderId, times: 2 });
  const seen = [];
  for (const path of [paymentKey, `orders/${orderId}`, paymentKey])
    seen.push((await merchant.call('GET', `/v1/payments/${path}`)).status);
  expect(seen).toEqual([404, 404, 200]);
});

test('times 0 lasts until it is removed; kinds that do not exist on a call are refused', async () => {
  await merchant.fault({ on: 'get', kind: 'error_before', times: 0 });
  for (let i = 0; i < 3; i += 1) expect((await merchant.call('GET', '/v1/payments/x')).status).toBe(500);
  expect((await merchant.call('GET', '/_faults')).json).toHaveLength(1);
  await merchant.call('DELETE', '/_faults');
  expect((await merchant.call('GET', '/v1/payments/x')).status).toBe(404);
  expect((await merchant.fault({ on: 'get', kind: 'wrong_amount' })).status).toBe(400);
  expect((await merchant.fault({ on: 'webhook', kind: 'drop_after' })).status).toBe(400);
});

describe('chaos', () => {
  const faultsOf = async (seed: number, reads: boolean): Promise<(string | null)[]> => {
    await merchant.call('DELETE', '/_requests');
    await merchant.call('POST', '/_chaos', {
      seed,
      rate: 0.5,
      kinds: ['error_before', 'drop_after', 'garbage', 'decline', 'not_found_lag'],
    });
    for (let i = 0; i < 30; i += 1) {
      await merchant.confirm(await merchant.buyer()).catch(() => DROPPED);
      if (reads) await merchant.call('GET', '/v1/payments/x').catch(() => DROPPED);
    }
    await merchant.call('POST', '/_chaos', { rate: 0 });
    const { json } = await merchant.call('GET', '/_requests?path=confirm');
    return json.map((one: { fault: string | null }) => one.fault);
  };

  test('the same seed gives the same faults, whatever other requests come between', async () => {
    const first = await faultsOf(7, false);
    expect(await faultsOf(7, true)).toEqual(first);
    expect(await faultsOf(8, false)).not.toEqual(first);
    const struck = first.filter((fault) => fault !== null);
    expect(struck.length).toBeGreaterThan(5);
    expect(struck.length).toBeLessThan(25);
    expect((await merchant.confirm(await merchant.buyer())).status).toBe(200);
  });
});
