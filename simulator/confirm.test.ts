import { Merchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await Merchant.of();
});
afterAll(() => merchant.simulator.close());

/** The keys of a captured body from the sandbox (version 2022-11-16), card, easy pay and virtual account alike. */
const CAPTURED_KEYS = [
  'approvedAt',
  'balanceAmount',
  'cancels',
  'card',
  'cashReceipt',
  'cashReceipts',
  'checkout',
  'country',
  'cultureExpense',
  'currency',
  'discount',
  'easyPay',
  'failure',
  'giftCertificate',
  'isPartialCancelable',
  'lastTransactionKey',
  'mId',
  'metadata',
  'method',
  'mobilePhone',
  'orderId',
  'orderName',
  'paymentKey',
  'receipt',
  'requestedAt',
  'secret',
  'status',
  'suppliedAmount',
  'taxExemptionAmount',
  'taxFreeAmount',
  'totalAmount',
  'transfer',
  'type',
  'useEscrow',
  'vat',
  'version',
  'virtualAccount',
];
const CARD_KEYS = [
  'acquireStatus',
  'acquirerCode',
  'amount',
  'approveNo',
  'cardType',
  'installmentPlanMonths',
  'interestPayer',
  'isInterestFree',
  'issuerCode',
  'number',
  'ownerType',
  'useCardPoint',
];

describe('confirm', () => {
  test.each([
    ['카드', 'card', CARD_KEYS],
    ['간편결제', 'easyPay', ['amount', 'discountAmount', 'provider']],
    ['계좌이체', 'transfer', ['bankCode', 'settlementStatus']],
    ['휴대폰', 'mobilePhone', ['customerMobilePhone', 'receiptUrl', 'settlementStatus']],
  ])('approves %s with a body of the captured shape', async (method, details, keys) => {
    const { status, json } = await merchant.confirm(await merchant.buyer({ method, amount: 50_000 }));
    expect(status).toBe(200);
    expect(Object.keys(json).sort()).toEqual(CAPTURED_KEYS);
    expect(Object.keys(json[details]).sort()).toEqual(keys);
    expect(json).toMatchObject({
      status: 'DONE',
      method,
      balanceAmount: 50_000,
      suppliedAmount: 45_455,
      vat: 4545,
      failure: null,
    });
    expect(json.approvedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/);
    expect(json.paymentKey).toMatch(/^tgen_\d{14}[A-Za-z0-9]{5}$/);
    expect(json.secret).toMatch(/^ps_[A-Za-z0-9]{28}$/);
  });

  test('a virtual account waits for its deposit, then takes money once', async () => {
    const opened = await merchant.buyer({ method: '가상계좌', bankCode: '11' });
    const before = await merchant.ledger();
    const { json } = await merchant.confirm(opened);
    expect(Object.keys(json).sort()).toEqual(CAPTURED_KEYS);
    expect(json).toMatchObject({
      status: 'WAITING_FOR_DEPOSIT',
      approvedAt: null,
      virtualAccount: { bankCode: '11', expired: false },
    });
    expect((await merchant.ledger()).moneyIn).toBe(before.moneyIn);
    const deposited = await merchant.call('POST', '/_deposits', { orderId: opened.orderId });
    expect(deposited.json).toMatchObject({ status: 'DONE', virtualAccount: { depositorName: expect.any(String) } });
    expect((await merchant.call('POST', '/_deposits', { orderId: opened.orderId })).status).toBe(409);
    expect((await merchant.ledger()).moneyIn).toBe(before.moneyIn + opened.amount);
    await merchant.call('POST', '/_deposits/revert', { orderId: opened.orderId });
    expect((await merchant.ledger()).held).toBe(before.held);
  });

  test('a changed amount or order is refused and the payment stays', async () => {
    const opened = await merchant.buyer();
    expect(await merchant.confirm({ ...opened, amount: 100 })).toMatchObject({
      status: 400,
      json: { code: 'INVALID_REQUEST' },
    });
    expect(await merchant.confirm({ ...opened, orderId: 'another-order' })).toMatchObject({
      status: 400,
      json: { code: 'INVALID_REQUEST' },
    });
    expect((await merchant.call('GET', `/v1/payments/${opened.paymentKey}`)).json).toMatchObject({
      status: 'IN_PROGRESS',
      method: null,
    });
    expect((await merchant.confirm(opened)).status).toBe(200);
  });

  test('a payment is confirmed once, an order is paid once', async () => {
    const orderId = Merchant.orderId();
    const first = await merchant.buyer({ orderId });
    const second = await merchant.buyer({ orderId });
    await merchant.confirm(first);
    expect((await merchant.confirm(first)).json.code).toBe('ALREADY_PROCESSED_PAYMENT');
    expect((await merchant.confirm(second)).json.code).toBe('DUPLICATED_ORDER_ID');
    expect((await merchant.call('GET', `/v1/payments/orders/${orderId}`)).json.paymentKey).toBe(first.paymentKey);
  });

  test('a declined or expired attempt leaves the order free', async () => {
    const orderId = Merchant.orderId();
    const declined = await merchant.buyer({ orderId });
    await merchant.fault({ on: 'confirm', kind: 'decline', paymentKey: declined.paymentKey });
    await merchant.confirm(declined);
    await merchant.buyer({ orderId });
    await merchant.advanceClock(11 * 60_000);
    const last = await merchant.buyer({ orderId });
    expect((await merchant.confirm(last)).json.status).toBe('DONE');
    expect((await merchant.ledger(orderId)).payments.map((one: { status: string }) => one.status)).toEqual([
      'ABORTED',
      'EXPIRED',
      'DONE',
    ]);
  });

  test('limits: minimum by method, transfer maximum, order id', async () => {
    expect((await merchant.confirm(await merchant.buyer({ amount: 99 }))).json.code).toBe('BELOW_MINIMUM_AMOUNT');
    expect((await merchant.confirm(await merchant.buyer({ amount: 199, method: '계좌이체' }))).json.code).toBe(
      'BELOW_MINIMUM_AMOUNT',
    );
    expect((await merchant.confirm(await merchant.buyer({ amount: 10_000_001, method: '계좌이체' }))).json.code).toBe(
      'EXCEEDS_TRANSFER_AMOUNT_MAXIMUM',
    );
    expect((await merchant.call('POST', '/_payments', { orderId: 'five5', amount: 1000 })).status).toBe(400);
  });

  test('clocks: 30 minutes in the window, 10 to confirm, due date of an account', async () => {
    const inWindow = await merchant.buyer({ authenticated: false });
    const authenticated = await merchant.buyer();
    const account = await merchant.paid({ method: '가상계좌' });
    await merchant.advanceClock(10 * 60_000 - 5000);
    expect((await merchant.call('GET', `/v1/payments/${authenticated.paymentKey}`)).json.status).toBe('IN_PROGRESS');
    await merchant.advanceClock(6000);
    expect(await merchant.confirm(authenticated)).toMatchObject({
      status: 404,
      json: { code: 'NOT_FOUND_PAYMENT_SESSION' },
    });
    expect((await merchant.call('GET', `/v1/payments/${authenticated.paymentKey}`)).json).toMatchObject({
      status: 'EXPIRED',
      method: null,
      useEscrow: null,
      failure: { code: 'EXPIRED_PAYMENT' },
    });
    expect((await merchant.call('GET', `/v1/payments/${inWindow.paymentKey}`)).json.status).toBe('READY');
    await merchant.advanceClock(20 * 60_000);
    expect((await merchant.call('GET', `/v1/payments/${inWindow.paymentKey}`)).json.status).toBe('EXPIRED');
    await merchant.advanceClock(168 * 3_600_000);
    expect((await merchant.call('GET', `/v1/payments/${account.paymentKey}`)).json).toMatchObject({
      status: 'WAITING_FOR_DEPOSIT',
      virtualAccount: { expired: true },
    });
  });
});

describe('the door', () => {
  test.each([
    [{ authorization: '' }, 401, 'UNAUTHORIZED_KEY'],
    [
      { authorization: `Basic ${Buffer.from('test_gsk_simulator_0000000000000000').toString('base64')}` },
      403,
      'INCORRECT_BASIC_AUTH_FORMAT',
    ],
    [{ authorization: `Basic ${Buffer.from('test_gsk_other:').toString('base64')}` }, 401, 'UNAUTHORIZED_KEY'],
    [{ 'tosspayments-test-code': 'REJECT_CARD_PAYMENT' }, 403, 'REJECT_CARD_PAYMENT'],
    [{ 'tosspayments-test-code': 'NO_SUCH_CODE' }, 400, 'INVALID_TEST_CODE'],
    [{ 'x-idempotency-key': 'a' }, 400, 'SIMULATOR_WRONG_HEADER'],
    [{ 'idempotent-key': 'a' }, 400, 'SIMULATOR_WRONG_HEADER'],
    [{ 'idempotency-key': 'x'.repeat(301) }, 400, 'INVALID_IDEMPOTENCY_KEY'],
  ])('%j', async (headers, status, code) => {
    const { orderId, paymentKey, amount } = await merchant.buyer();
    const reply = await merchant.call('POST', '/v1/payments/confirm', { orderId, paymentKey, amount }, headers);
    expect(reply).toMatchObject({ status, json: { code } });
    expect(reply.headers.get('x-tosspayments-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    expect((await merchant.ledger(orderId)).payments[0].status).toBe('IN_PROGRESS');
  });

  test('unknown routes, unknown payments, English', async () => {
    expect((await merchant.call('GET', '/v1/nothing')).json.code).toBe('NOT_FOUND_HTTP_METHOD');
    expect(await merchant.call('GET', '/v1/payments/none')).toMatchObject({
      status: 404,
      json: { code: 'NOT_FOUND_PAYMENT', message: '존재하지 않는 결제 정보 입니다.' },
    });
    const english = await merchant.call('GET', '/v1/payments/none', undefined, { 'accept-language': 'en-US' });
    expect(english.json.message).toMatch(/^[\x20-\x7e]+$/);
  });

  test('the rate limit of a hundred requests a minute is optional', async () => {
    const strict = await Merchant.of({ rateLimit: 3 });
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await strict.call('GET', '/v1/payments/none')).status);
    await strict.simulator.close();
    expect(statuses).toEqual([404, 404, 404, 429]);
  });
});

test('numbers that come as strings, as in Toss’s own samples, are read as numbers', async () => {
  const { paymentKey, orderId } = await merchant.buyer();
  const confirmed = await merchant.call('POST', '/v1/payments/confirm', { paymentKey, orderId, amount: '10000' });
  expect(confirmed.json).toMatchObject({ status: 'DONE', totalAmount: 10_000 });
  const canceled = await merchant.cancel(paymentKey, { cancelAmount: '3000', refundableAmount: '10000' });
  expect(canceled.json).toMatchObject({ balanceAmount: 7_000 });
  const account = {
    amount: '5000',
    orderId: Merchant.orderId(),
    orderName: '가상',
    customerName: '김토스',
    bank: '우리',
  };
  expect((await merchant.call('POST', '/v1/virtual-accounts', account)).json).toMatchObject({ totalAmount: 5_000 });
  const { authKey } = (await merchant.call('POST', '/_billing_auths', { customerKey: 'by-string' })).json;
  const issue = { authKey, customerKey: 'by-string' };
  const { billingKey } = (await merchant.call('POST', '/v1/billing/authorizations/issue', issue)).json;
  const charge = { customerKey: 'by-string', orderId: Merchant.orderId(), orderName: '구독', amount: '9900' };
  expect((await merchant.call('POST', `/v1/billing/${billingKey}`, charge)).json).toMatchObject({ totalAmount: 9_900 });
});

test.each(['', 'ten', '1e4', '10,000', '-10000', ['10000']])('an amount of %j is refused', async (amount) => {
  const { paymentKey, orderId } = await merchant.buyer();
  const { status, json } = await merchant.call('POST', '/v1/payments/confirm', { paymentKey, orderId, amount });
  expect({ status, code: json.code }).toEqual({ status: 400, code: 'INVALID_REQUEST' });
});

test('a payment by phone names the number, in digits, and links to its receipt', async () => {
  const { json } = await merchant.confirm(
    await merchant.buyer({ method: '휴대폰', customerMobilePhone: '01098765432' }),
  );
  expect(json.mobilePhone).toMatchObject({ customerMobilePhone: '01098765432', settlementStatus: 'INCOMPLETED' });
  expect(new URL(json.mobilePhone.receiptUrl).protocol).toBe('https:');
});
