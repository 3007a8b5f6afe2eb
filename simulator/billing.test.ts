import { createContext, runInContext } from 'node:vm';
import { Merchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await Merchant.of();
});
afterAll(() => merchant.simulator.close());

const CK = 'test_ck_simulator_0000000000000000';
const CARD = {
  customerKey: 'buyer-1',
  cardNumber: '9410001234567890',
  cardExpirationYear: '30',
  cardExpirationMonth: '12',
  customerIdentityNumber: '900101',
  cardPassword: '12',
};
const BILLING_KEYS = [
  'authenticatedAt',
  'billingKey',
  'card',
  'cardCompany',
  'cardNumber',
  'customerKey',
  'easyPay',
  'mId',
  'method',
  'transfers',
];
const byCard = (more: object = {}) => merchant.call('POST', '/v1/billing/authorizations/card', { ...CARD, ...more });
const charge = (billingKey: string, more: object = {}) =>
  merchant.call('POST', `/v1/billing/${encodeURIComponent(billingKey)}`, {
    customerKey: CARD.customerKey,
    orderId: Merchant.orderId(),
    orderName: '구독',
    amount: 9900,
    ...more,
  });

describe('a billing key by the card itself', () => {
  test('is issued and charged', async () => {
    const { status, json } = await byCard();
    expect(status).toBe(200);
    expect(Object.keys(json).sort()).toEqual(BILLING_KEYS);
    expect(json).toMatchObject({
      customerKey: 'buyer-1',
      method: '카드',
      transfers: null,
      easyPay: null,
      cardCompany: '하나',
      cardNumber: '94100012****789*',
      card: { issuerCode: '21', acquirerCode: '21', number: '94100012****789*', cardType: '신용', ownerType: '개인' },
    });
    const paid = await charge(json.billingKey);
    expect(paid.json).toMatchObject({
      status: 'DONE',
      type: 'BILLING',
      card: { issuerCode: '21', number: '94100012****789*', amount: 9900 },
    });
  });

  test.each(['4330121234567890', '5520221234567890'])(
    'of an unknown type (%s) is issued and cannot be charged',
    async (cardNumber) => {
      const { json } = await byCard({ cardNumber });
      expect(json.card.cardType).toBe('미확인');
      expect(await charge(json.billingKey)).toMatchObject({ status: 400, json: { code: 'NOT_SUPPORTED_CARD_TYPE' } });
    },
  );

  test.each([
    ['INVALID_CARD_NUMBER', { cardNumber: '941000' }],
    ['INVALID_CARD_NUMBER', { cardNumber: 'nine' }],
    ['INVALID_CARD_EXPIRATION', { cardExpirationMonth: '13' }],
    ['INVALID_CARD_EXPIRATION', { cardExpirationYear: '20' }],
    ['INVALID_BIRTH_DAY_FORMAT', { customerIdentityNumber: '9001' }],
    ['INVALID_CARD_PASSWORD', { cardPassword: 'ab' }],
    ['INVALID_REQUEST', { customerIdentityNumber: undefined }],
    ['INVALID_REQUEST', { cardNumber: undefined }],
  ])('is refused with %s for %j', async (code, more) => {
    expect(await byCard(more)).toMatchObject({ status: 400, json: { code } });
  });

  test('fails in the database for a customer key above 300 characters', async () => {
    expect(await byCard({ customerKey: 'k'.repeat(301) })).toMatchObject({
      status: 500,
      json: { code: 'FAILED_DB_PROCESSING' },
    });
  });
});

describe('a billing key by a bank account', () => {
  async function registered(form: Record<string, string> = {}) {
    const opened = await merchant.call('POST', '/window/billing', {
      clientKey: CK,
      customerKey: CARD.customerKey,
      method: 'TRANSFER',
      successUrl: 'https://shop.example/done',
      failUrl: 'https://shop.example/sorry',
      opener: 'https://shop.example',
    });
    const url = merchant.simulator.url + opened.json.path;
    const page = await (await fetch(url)).text();
    const body = new URLSearchParams({ action: 'pay', ...form });
    const left = await fetch(url, { method: 'POST', redirect: 'manual', body });
    const authKey = new URL(left.headers.get('location') ?? '').searchParams.get('authKey');
    const issued = await merchant.call('POST', '/v1/billing/authorizations/issue', {
      authKey,
      customerKey: CARD.customerKey,
    });
    return { page, billing: issued.json };
  }

  test('is registered in a window of its own', async () => {
    const { page, billing } = await registered({ bankCode: '88' });
    expect(page).toContain('자동결제 계좌 등록');
    expect(page).not.toContain('카드사');
    expect(Object.keys(billing).sort()).toEqual(BILLING_KEYS);
    expect(billing).toMatchObject({
      method: '계좌이체',
      card: null,
      cardCompany: null,
      cardNumber: null,
      easyPay: null,
    });
    expect(billing.transfers).toEqual([
      { bankName: '신한은행', bankAccountNumber: expect.stringMatching(/^\d+\*+\d+$/) },
    ]);
  });

  test('is charged as a transfer, from 200 won', async () => {
    const { billing } = await registered();
    expect((await charge(billing.billingKey)).json).toMatchObject({
      status: 'DONE',
      method: '계좌이체',
      card: null,
      transfer: { bankCode: '20' },
    });
    expect((await charge(billing.billingKey, { amount: 150 })).json.code).toBe('BELOW_MINIMUM_AMOUNT');
  });

  test('is what the SDK opens for TRANSFER, and a card for CARD', async () => {
    const script = await (await fetch(`${merchant.simulator.url}/v2/standard`)).text();
    const opened: { method: string }[] = [];
    const context = createContext({
      URL,
      document: { currentScript: { src: `${merchant.simulator.url}/v2/standard` } },
      location: { origin: 'https://shop.example', assign() {} },
      fetch: async (_url: string, request: { body: string }) => {
        opened.push(JSON.parse(request.body));
        return { ok: true, json: async () => ({ path: '/window/x' }) };
      },
      window: {},
    });
    runInContext(script, context);
    const toss = context.window.TossPayments(CK).payment({ customerKey: 'buyer-1' });
    const urls = { successUrl: 'https://shop.example/done', failUrl: 'https://shop.example/sorry' };
    for (const method of ['TRANSFER', 'CARD']) void toss.requestBillingAuth({ method, ...urls });
    await new Promise((resolve) => setImmediate(resolve));
    expect(opened.map(({ method }) => method)).toEqual(['TRANSFER', 'CARD']);
  });

  test('can be registered by the control plane too', async () => {
    const { json } = await merchant.call('POST', '/_billing_auths', {
      customerKey: 'buyer-2',
      method: 'TRANSFER',
      bankCode: '우리',
    });
    const issued = await merchant.call('POST', '/v1/billing/authorizations/issue', {
      authKey: json.authKey,
      customerKey: 'buyer-2',
    });
    expect(issued.json.transfers).toMatchObject([{ bankName: '우리은행' }]);
  });
});

test('HEAD responds as GET does, without a body', async () => {
  const head = (path: string, headers = {}) => fetch(merchant.simulator.url + path, { method: 'HEAD', headers });
  const script = await head('/v2/standard');
  expect([script.status, script.headers.get('content-type'), await script.text()]).toEqual([
    200,
    'text/javascript;charset=UTF-8',
    '',
  ]);
  const { paymentKey } = await merchant.paid();
  const authorization = `Basic ${Buffer.from('test_gsk_simulator_0000000000000000:').toString('base64')}`;
  expect((await head(`/v1/payments/${paymentKey}`, { authorization })).status).toBe(200);
  expect((await head(`/v1/payments/${paymentKey}`)).status).toBe(401);
  expect((await head('/v1/payments/none', { authorization })).status).toBe(404);
});
