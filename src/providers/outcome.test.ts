import { describe, expect, it } from '@jest/globals';
import { outcomeOf, refusalIn } from './outcome.ts';
import type { Outcome, PaymentState, ProviderPayment, Unknown } from './provider.port.ts';

const payment = (state: PaymentState, more: Partial<ProviderPayment> = {}) =>
  ({ providerRef: 'p', state, providerState: 'WORD', failure: null, ...more }) as ProviderPayment;

describe('a payment that the provider shows', () => {
  it.each<[PaymentState, string]>([
    ['open', 'open'],
    ['waiting_for_deposit', 'approved'],
    ['paid', 'approved'],
    ['partially_refunded', 'approved'],
    ['canceled', 'approved'],
    ['failed', 'declined'],
  ])('that is %s reads as %s', (state, kind) => {
    expect(outcomeOf(payment(state)).kind).toBe(kind);
  });

  it('tells why it failed, or the provider’s word for it', () => {
    const failure = { code: 'STOPPED', message: '정지된 카드입니다.', hint: 'method_unusable' as const };
    expect(outcomeOf(payment('failed', { failure }))).toEqual({
      kind: 'declined',
      error: { code: 'STOPPED', message: '정지된 카드입니다.' },
      reason: 'declined',
      hint: 'method_unusable',
    });
    expect(outcomeOf(payment('failed'))).toMatchObject({ error: { code: 'WORD', message: '' } });
  });
});

describe('a refusal that the provider repeats', () => {
  const unknown = (more: Partial<Unknown>): Outcome => ({ kind: 'unknown', code: 'CODE', answered: true, ...more });

  it('is a decline, or an answer with a code that decides nothing', () => {
    const declined = { kind: 'declined', error: { code: 'NO', message: '' }, reason: 'buyer' } as const;
    expect(refusalIn(declined)).toBe(declined);
    expect(refusalIn(unknown({ reason: 'done', hint: 'order_used_up' }))).toEqual({
      kind: 'declined',
      error: { code: 'CODE', message: '' },
      reason: 'done',
      hint: 'order_used_up',
    });
    const undocumented = { code: 'NEW', message: '새 오류' };
    expect(refusalIn(unknown({ code: 'NEW', undocumented }))).toMatchObject({ error: undocumented, reason: 'unknown' });
  });

  it.each<Partial<Unknown>>([
    { answered: false },
    { hint: 'in_progress' },
    { hint: 'other_payment' },
    { hint: 'still_open' },
  ])('is not in what says nothing about the request: %j', (more) => {
    expect(refusalIn(unknown(more))).toBeUndefined();
  });

  it('is not in an approval', () => {
    expect(refusalIn({ kind: 'approved', payment: payment('paid') })).toBeUndefined();
  });
});
