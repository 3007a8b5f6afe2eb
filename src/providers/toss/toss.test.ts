import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { classOf } from './error-class.ts';
import { outcomeOf } from '../outcome.ts';
import { hintOf } from './code-meaning.ts';
import { paymentFrom } from './from-toss.ts';
import { bankName, cardName, describePaymentMethod } from './institutions.ts';
import { tossError, tossPayment } from './payment.schema.ts';

const folder = join(import.meta.dirname, '../../../test/fixtures/toss');
const fixture = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const payments = readdirSync(folder).filter((name) =>
  /^(01|02|03|04|07|08|09|12|14|16|UNVERIFIED).*\.json$/.test(name),
);

describe('Toss’s own payloads', () => {
  it.each(payments)('%s parses', (name) => {
    const parsed = tossPayment.parse(fixture(name));
    expect(parsed.paymentKey).toBe(fixture(name).paymentKey);
    expect(parsed.totalAmount).toBe(fixture(name).totalAmount);
  });

  it('the payment inside a webhook parses', () => {
    expect(tossPayment.parse(fixture('22-webhook-payment-status-changed.json').data).status).toBe('DONE');
  });

  it('every error parses', () => {
    for (const { body } of fixture('32-errors.json')) expect(tossError.parse(body)).toEqual(body);
  });

  it('are read for what they say about the money', () => {
    const kind = (name: string) => outcomeOf(paymentFrom(tossPayment.parse(fixture(name)))).kind;
    expect(kind('01-confirm-card-done.json')).toBe('approved');
    expect(kind('07-virtual-account-waiting.json')).toBe('approved');
    expect(kind('14-payment-expired.json')).toBe('declined');
  });

  it('tell a phone’s number, which is kept masked only', () => {
    const paidWith = (customerMobilePhone: string | null) => {
      const mobilePhone = { customerMobilePhone, settlementStatus: 'INCOMPLETED' };
      return tossPayment.parse({ ...fixture('01-confirm-card-done.json'), mobilePhone }).mobilePhone?.number;
    };
    expect(['01012345678', '010-1234-5678', '010****5678', '0111234567', '+821012345678', null].map(paidWith)).toEqual([
      '010****5678',
      '010****5678',
      '010****5678',
      '011****4567',
      '****5678',
      null,
    ]);
  });

  it.each(['javascript:alert(1)', 'http://dashboard.tosspayments.com/r', 'no address', ''])(
    'link to no receipt but one over https: %j',
    (url) => {
      expect(tossPayment.parse({ ...fixture('01-confirm-card-done.json'), receipt: { url } }).receipt?.url).toBeNull();
    },
  );

  it('may lack what Toss leaves out, and have what Toss adds', () => {
    const { method: _, cancels: __, card: ___, ...less } = fixture('01-confirm-card-done.json');
    expect(tossPayment.parse({ ...less, somethingNew: { of: 2030 } })).toMatchObject({ method: null, cancels: [] });
  });
});

describe('the class of a code', () => {
  it.each([
    ['REJECT_CARD_PAYMENT', 'declined'],
    ['INVALID_CARD_LOST_OR_STOLEN', 'declined'],
    ['NOT_FOUND_PAYMENT_SESSION', 'buyer'],
    ['INVALID_CARD_EXPIRATION', 'buyer'],
    ['NOT_AVAILABLE_BANK', 'retry'],
    ['UNAUTHORIZED_KEY', 'configuration'],
    ['ALREADY_PROCESSED_PAYMENT', 'done'],
    // A 400 that is not final, a 500 that the list calls a configuration error, and one that is not documented.
    ['PROVIDER_ERROR', 'unknown'],
    ['FAILED_DB_PROCESSING', 'unknown'],
    ['IDEMPOTENT_REQUEST_PROCESSING', 'unknown'],
    ['SOMETHING_NEW', 'unknown'],
  ])('%s is %s', (code, expected) => {
    expect(classOf(code)).toBe(expected);
  });

  it.each([
    ['UNAUTHORIZED_KEY', 'credentials_refused'],
    ['INVALID_API_KEY', 'credentials_refused'],
    ['INCORRECT_BASIC_AUTH_FORMAT', 'credentials_refused'],
    ['INVALID_STOPPED_CARD', 'method_unusable'],
    ['NOT_FOUND_BILLING_KEY', 'method_unusable'],
    ['DUPLICATED_ORDER_ID', 'order_used_up'],
    ['ALREADY_PROCESSED_PAYMENT', 'order_used_up'],
    ['FORBIDDEN_CONSECUTIVE_REQUEST', 'needs_new_key'],
    ['FAILED_REFUND_PROCESS', 'bank_unable'],
    ['IDEMPOTENT_REQUEST_PROCESSING', 'in_progress'],
    ['STILL_IN_PROGRESS', 'still_open'],
    ['REJECT_CARD_PAYMENT', undefined],
    ['SOMETHING_NEW', undefined],
  ])('%s hints at %s', (code, expected) => {
    expect(hintOf(code)).toBe(expected);
  });
});

describe('names', () => {
  it('of card companies and banks, in both languages', () => {
    expect(cardName('71')).toEqual({ ko: '롯데카드', en: 'LOTTE' });
    expect(bankName('06')).toEqual({ ko: 'KB국민은행', en: 'KOOKMIN' });
    expect(cardName('ZZ')).toEqual({ ko: 'ZZ', en: 'ZZ' });
  });

  it.each([
    [{ method: '카드', issuerCode: '41', easyPayProvider: null }, '신한카드'],
    [{ method: '카드', issuerCode: '71', easyPayProvider: '토스페이' }, '롯데카드'],
    [{ method: '간편결제', issuerCode: '41', easyPayProvider: '카카오페이' }, '카카오페이'],
    [{ method: '가상계좌', issuerCode: '11', easyPayProvider: null }, 'NH농협은행 가상계좌'],
    [{ method: '휴대폰', issuerCode: null, easyPayProvider: null }, '휴대폰'],
    [{ method: '새수단', issuerCode: null, easyPayProvider: null }, '새수단'],
  ])('of what a buyer paid with: %j', (paid, name) => {
    expect(describePaymentMethod(paid)?.ko).toBe(name);
  });
});
