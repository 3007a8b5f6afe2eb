import { createContext, runInContext } from 'node:vm';
import { Merchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await Merchant.of();
});
afterAll(() => merchant.simulator.close());

const GCK = 'test_gck_simulator_0000000000000000';
const CK = 'test_ck_simulator_0000000000000000';
const URLS = { successUrl: 'https://shop.example/done?plan=spring', failUrl: 'https://shop.example/sorry' };

/** The window as the SDK opens it, and a button pressed in it. */
async function press(action: string, more: { order?: object; form?: Record<string, string> } = {}) {
  const order = { orderId: Merchant.orderId(), orderName: '봄 <구독>', amount: 9900 };
  const opened = await merchant.call('POST', '/window/payments', {
    clientKey: GCK,
    ...order,
    ...URLS,
    opener: 'https://shop.example',
    ...more.order,
  });
  const url = merchant.simulator.url + opened.json.path;
  const page = await (await fetch(url)).text();
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ action, ...more.form }),
  });
  const location = response.headers.get('location');
  return { order, page, url, response, target: location === null ? null : new URL(location) };
}

test('pay: authenticated, back to successUrl, and no money before confirm', async () => {
  const { order, page, target, response } = await press('pay', {
    form: { method: '카드', issuerCode: '61', fault: '' },
  });
  expect(page).toContain('9,900원');
  expect(page).toContain('봄 &#60;구독&#62;');
  expect(response.status).toBe(303);
  const { plan, ...parameters } = Object.fromEntries(target?.searchParams ?? []);
  expect(plan).toBe('spring');
  expect(parameters).toEqual({
    paymentType: 'NORMAL',
    orderId: order.orderId,
    paymentKey: expect.any(String),
    amount: '9900',
  });
  expect((await merchant.ledger(order.orderId)).payments[0]).toMatchObject({ status: 'IN_PROGRESS', approvedAt: null });
  const { json } = await merchant.confirm({
    orderId: order.orderId,
    paymentKey: parameters.paymentKey ?? '',
    amount: 9900,
  });
  expect(json).toMatchObject({ status: 'DONE', card: { issuerCode: '61' } });
});

test('decline names the order, close does not', async () => {
  const declined = await press('decline', { form: { method: '카드' } });
  expect(Object.fromEntries(declined.target?.searchParams ?? [])).toEqual({
    code: 'REJECT_CARD_COMPANY',
    message: '결제 승인이 거절되었습니다.',
    orderId: declined.order.orderId,
  });
  const closed = await press('close');
  expect(closed.target?.origin).toBe('https://shop.example');
  expect(Object.fromEntries(closed.target?.searchParams ?? [])).toEqual({
    code: 'PAY_PROCESS_CANCELED',
    message: expect.any(String),
  });
  expect((await merchant.ledger(closed.order.orderId)).payments[0].status).toBe('READY');
});

test('a fault chosen in the window strikes at confirm', async () => {
  const { order, target } = await press('pay', {
    form: { method: '간편결제', easyPayProvider: '카카오페이', fault: 'decline' },
  });
  const paymentKey = target?.searchParams.get('paymentKey') ?? '';
  expect((await merchant.confirm({ orderId: order.orderId, paymentKey, amount: 9900 })).json.code).toBe(
    'REJECT_CARD_PAYMENT',
  );
});

test('a window is used once, expires, and refuses a paid order', async () => {
  const { url } = await press('pay');
  expect((await fetch(url)).status).toBe(409);
  const { orderId } = await merchant.paid();
  expect((await press('pay', { order: { orderId } })).target?.searchParams.get('code')).toBe('DUPLICATED_ORDER_ID');
});

test('without URLs only the embedding page receives the result', async () => {
  const { response } = await press('pay', { order: { successUrl: undefined, failUrl: undefined } });
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(
    /parent\.postMessage\(\{"source":"tosspayments-simulator".*\}, "https:\/\/shop\.example"\)/,
  );
});

test('the secret key of the other merchant account does not confirm', async () => {
  const { order, target } = await press('pay', { order: { clientKey: CK } });
  const reply = await merchant.confirm({
    orderId: order.orderId,
    paymentKey: target?.searchParams.get('paymentKey') ?? '',
    amount: 9900,
  });
  expect(reply).toMatchObject({ status: 404, json: { code: 'NOT_FOUND_PAYMENT_SESSION' } });
});

describe('the script', () => {
  // oxlint-disable-next-line no-explicit-any
  const load = async (): Promise<{ TossPayments: any; went: string[] }> => {
    const response = await fetch(`${merchant.simulator.url}/v2/standard`);
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const went: string[] = [];
    const page = {
      URL,
      fetch,
      window: {} as Record<string, unknown>,
      document: { currentScript: { src: response.url }, querySelector: () => null },
      location: { origin: 'https://shop.example', assign: (url: string) => went.push(url) },
    };
    runInContext(await response.text(), createContext(page));
    return { TossPayments: page.window.TossPayments, went };
  };
  const order = () => ({
    method: 'CARD',
    amount: { currency: 'KRW', value: 5000 },
    orderId: Merchant.orderId(),
    orderName: '구독',
    ...URLS,
  });

  test('payment() leaves for the window', async () => {
    const { TossPayments, went } = await load();
    void TossPayments(CK).payment({ customerKey: TossPayments.ANONYMOUS }).requestPayment(order());
    while (went.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await (await fetch(went[0] ?? '')).text()).toContain('5,000원');
  });

  test('requestBillingAuth leads to a billing key, a charge, and its deletion', async () => {
    const { TossPayments, went } = await load();
    void TossPayments(CK)
      .payment({ customerKey: 'customer-1' })
      .requestBillingAuth({ method: 'CARD', ...URLS });
    while (went.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const { headers } = await fetch(went[0] ?? '', {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ action: 'pay', issuerCode: '21' }),
    });
    const { authKey, customerKey } = Object.fromEntries(new URL(headers.get('location') ?? '').searchParams);
    const issued = await merchant.call('POST', '/v1/billing/authorizations/issue', { authKey, customerKey });
    expect(issued.json).toMatchObject({ customerKey: 'customer-1', method: '카드', card: { issuerCode: '21' } });
    expect((await merchant.call('POST', '/v1/billing/authorizations/issue', { authKey, customerKey })).json.code).toBe(
      'NOT_FOUND_BILLING',
    );
    const path = `/v1/billing/${encodeURIComponent(issued.json.billingKey)}`;
    const charge = { amount: 9900, customerKey, orderId: Merchant.orderId(), orderName: '구독' };
    expect((await merchant.call('POST', path, { ...charge, customerKey: 'other' })).json.code).toBe(
      'NOT_MATCHES_CUSTOMER_KEY',
    );
    expect((await merchant.call('POST', path, charge)).json).toMatchObject({
      status: 'DONE',
      type: 'BILLING',
      totalAmount: 9900,
    });
    expect((await merchant.call('POST', path, charge)).json.code).toBe('DUPLICATED_ORDER_ID');
    expect(await merchant.call('DELETE', path)).toMatchObject({ status: 200, text: '' });
    expect((await merchant.call('POST', path, { ...charge, orderId: Merchant.orderId() })).json.code).toBe(
      'ALREADY_REMOVED_BILLING_KEY',
    );
  });

  test('keys and URLs are checked as the SDK checks them', async () => {
    const { TossPayments } = await load();
    const codeOf = async (attempt: () => unknown) =>
      Promise.resolve()
        .then(attempt)
        .catch((error: { code: string }) => error.code);
    expect(await codeOf(() => TossPayments('nonsense'))).toBe('INVALID_CLIENT_KEY');
    expect(await codeOf(() => TossPayments(CK).widgets({ customerKey: 'abc' }))).toBe(
      'NOT_SUPPORTED_API_INDIVIDUAL_KEY',
    );
    expect(await codeOf(() => TossPayments(GCK).payment({ customerKey: 'abc' }))).toBe('NOT_SUPPORTED_WIDGET_KEY');
    expect(await codeOf(() => TossPayments(GCK).widgets({ customerKey: 'test_gsk_x' }))).toBe('INSECURE_KEY_USAGE');
    const widgets = TossPayments(GCK).widgets({ customerKey: TossPayments.ANONYMOUS });
    expect(await codeOf(() => widgets.renderPaymentMethods({ selector: '#x' }))).toBe('NOT_SETUP_AMOUNT');
    await widgets.setAmount({ currency: 'KRW', value: 1000 });
    expect(await codeOf(() => widgets.renderPaymentMethods({ selector: '#x' }))).toBe('INVALID_SELECTOR');
    expect(await codeOf(() => widgets.requestPayment(order()))).toBe('NOT_SELECTED_PAYMENT_METHOD');
    const payment = TossPayments(CK).payment({ customerKey: 'abc' });
    expect(await codeOf(() => payment.requestPayment({ ...order(), successUrl: '/done' }))).toBe(
      'INCORRECT_SUCCESS_URL_FORMAT',
    );
    expect(await codeOf(() => payment.requestPayment({ ...order(), amount: { currency: 'KRW', value: -1 } }))).toBe(
      'BELOW_ZERO_AMOUNT',
    );
  });
});

test('transactions: a row for the approval and one for the cancel, page by page', async () => {
  const paid = await merchant.paid();
  await merchant.cancel(paid.paymentKey, { cancelAmount: 3000 });
  const day = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
  const range = `startDate=${day}T00:00:00&endDate=${day}T23:59:59`;
  const { json } = await merchant.call('GET', `/v1/transactions?${range}`);
  const mine = json.filter((row: { orderId: string }) => row.orderId === paid.orderId);
  expect(mine.map((row: { status: string; amount: number }) => [row.status, row.amount])).toEqual([
    ['DONE', 10_000],
    ['PARTIAL_CANCELED', 3000],
  ]);
  const next = await merchant.call('GET', `/v1/transactions?${range}&limit=1&startingAfter=${mine[0].transactionKey}`);
  expect(next.json).toEqual([mine[1]]);
  expect((await merchant.call('GET', '/v1/transactions?startDate=yesterday&endDate=today')).json.code).toBe(
    'INVALID_DATE',
  );
});

test('transactions: a virtual account cancelled before its deposit shows the amount of its order', async () => {
  const waiting = await merchant.paid({ method: '가상계좌', amount: 22_400 });
  await merchant.cancel(waiting.paymentKey, {});
  const { json } = await merchant.call('GET', '/v1/transactions?startDate=2020-01-01&endDate=2100-01-01');
  const mine = json.filter((row: { orderId: string }) => row.orderId === waiting.orderId);
  expect(mine.map((row: { status: string; amount: number }) => [row.status, row.amount])).toEqual([
    ['WAITING_FOR_DEPOSIT', 0],
    ['CANCELED', 22_400],
  ]);
  expect(await merchant.ledger(waiting.orderId)).toMatchObject({
    payments: [{ status: 'CANCELED', approvedAt: null }],
  });
});
