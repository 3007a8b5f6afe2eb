import { Merchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await Merchant.of();
});
afterAll(() => merchant.simulator.close());

const ACCOUNT = { bank: '신한', accountNumber: '110123456789', holderName: '김토스' };

test('whole in one step is CANCELED; again is ALREADY_CANCELED_PAYMENT', async () => {
  const { paymentKey } = await merchant.paid();
  const { json } = await merchant.cancel(paymentKey, {});
  expect(json).toMatchObject({ status: 'CANCELED', balanceAmount: 0, vat: 0, suppliedAmount: 0 });
  expect(Object.keys(json.cancels[0]).sort()).toEqual([
    'cancelAmount',
    'cancelReason',
    'cancelRequestId',
    'cancelStatus',
    'canceledAt',
    'easyPayDiscountAmount',
    'receiptKey',
    'refundableAmount',
    'taxExemptionAmount',
    'taxFreeAmount',
    'transactionKey',
    'transferDiscountAmount',
  ]);
  expect(json.lastTransactionKey).toBe(json.cancels[0].transactionKey);
  expect(await merchant.cancel(paymentKey, {})).toMatchObject({
    status: 400,
    json: { code: 'ALREADY_CANCELED_PAYMENT' },
  });
});

test('in parts it stays PARTIAL_CANCELED at balance 0; again is NOT_CANCELABLE_AMOUNT', async () => {
  const { paymentKey, orderId } = await merchant.paid();
  expect(await merchant.cancel(paymentKey, { cancelAmount: 10_001 })).toMatchObject({
    status: 403,
    json: { code: 'NOT_CANCELABLE_AMOUNT' },
  });
  expect((await merchant.cancel(paymentKey, { cancelAmount: 4000 })).json).toMatchObject({
    status: 'PARTIAL_CANCELED',
    balanceAmount: 6000,
    vat: 545,
  });
  expect(await merchant.cancel(paymentKey, { cancelAmount: 1 })).toMatchObject({
    status: 403,
    json: { code: 'FORBIDDEN_CONSECUTIVE_REQUEST' },
  });
  await merchant.advanceClock(1001);
  expect(await merchant.cancel(paymentKey, { refundableAmount: 10_000 })).toMatchObject({
    status: 400,
    json: { code: 'NOT_MATCHES_REFUNDABLE_AMOUNT' },
  });
  expect((await merchant.cancel(paymentKey, { cancelAmount: 6000, refundableAmount: 6000 })).json).toMatchObject({
    status: 'PARTIAL_CANCELED',
    balanceAmount: 0,
  });
  await merchant.advanceClock(1001);
  expect(await merchant.cancel(paymentKey, {})).toMatchObject({ status: 403, json: { code: 'NOT_CANCELABLE_AMOUNT' } });
  expect(
    (await merchant.ledger(orderId)).payments[0].cancels.map((one: { cancelAmount: number }) => one.cancelAmount),
  ).toEqual([4000, 6000]);
});

test('what cannot be cancelled', async () => {
  const { paymentKey } = await merchant.buyer();
  expect((await merchant.cancel(paymentKey, {})).json.code).toBe('NOT_CANCELABLE_PAYMENT');
  expect((await merchant.cancel('none', {})).json.code).toBe('NOT_FOUND_PAYMENT');
  const paid = await merchant.paid();
  expect((await merchant.call('POST', `/v1/payments/${paid.paymentKey}/cancel`, {})).json.code).toBe('INVALID_REQUEST');
  expect((await merchant.cancel(paid.paymentKey, { currency: 'USD' })).json.code).toBe('INVALID_CURRENCY');
});

test('virtual account: whole before the deposit, with an account after it', async () => {
  const waiting = await merchant.paid({ method: '가상계좌' });
  const before = await merchant.ledger();
  expect((await merchant.cancel(waiting.paymentKey, { cancelAmount: 1 })).json.code).toBe(
    'NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT',
  );
  expect((await merchant.cancel(waiting.paymentKey, {})).json.status).toBe('CANCELED');
  expect(await merchant.ledger()).toMatchObject({ moneyOut: before.moneyOut, held: before.held });

  const deposited = await merchant.paid({ method: '가상계좌' });
  await merchant.call('POST', '/_deposits', { paymentKey: deposited.paymentKey });
  const cancel = (refundReceiveAccount?: object) =>
    merchant.cancel(deposited.paymentKey, { cancelAmount: 3000, refundReceiveAccount });
  expect((await cancel()).json.code).toBe('INVALID_REQUEST');
  expect((await cancel({ ...ACCOUNT, bank: '없는' })).json.code).toBe('INVALID_BANK');
  expect((await cancel({ ...ACCOUNT, accountNumber: '110-1' })).json.code).toBe('INVALID_REFUND_ACCOUNT_NUMBER');
  expect((await cancel(ACCOUNT)).json).toMatchObject({ status: 'PARTIAL_CANCELED', balanceAmount: 7000 });
});

test('the totals of the ledger are those of the payments', async () => {
  const { moneyIn, moneyOut, held, payments } = await merchant.ledger();
  const taken = payments.filter((one: { approvedAt: string | null }) => one.approvedAt !== null);
  expect(moneyIn).toBe(taken.reduce((sum: number, one: { totalAmount: number }) => sum + one.totalAmount, 0));
  expect(held).toBe(taken.reduce((sum: number, one: { balanceAmount: number }) => sum + one.balanceAmount, 0));
  expect(moneyIn - moneyOut).toBe(held);
  expect(moneyOut).toBeGreaterThan(0);
});

test('a cancel made in the dashboard', async () => {
  const { paymentKey, orderId } = await merchant.paid();
  const { json } = await merchant.call('POST', '/_dashboard/cancel', { paymentKey, cancelAmount: 4000 });
  expect(json.status).toBe('PARTIAL_CANCELED');
  expect((await merchant.ledger(orderId)).payments[0].balanceAmount).toBe(6000);
});
