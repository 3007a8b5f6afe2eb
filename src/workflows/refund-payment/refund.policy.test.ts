import { describe, expect, it } from '@jest/globals';
import type { Outcome, ProviderPayment, Retrieval, Unknown } from '../../providers/index.ts';
import {
  decideAfterRequest,
  decideBeforeRepeat,
  isUnanswered,
  type RefundDecision,
  type RefundFacts,
  refuses,
} from './refund.policy.ts';

const unknown = (code: string, answered: boolean, more: Partial<Unknown> = {}): Unknown => ({
  ...{ kind: 'unknown', code, answered },
  ...more,
});
const found = (balance: number | null = 9_900): Retrieval => ({
  kind: 'found',
  payment: { balance } as ProviderPayment,
});

const APPROVED: Outcome = { kind: 'approved', payment: {} as ProviderPayment };
const DECLINED: Outcome = {
  ...{ kind: 'declined', reason: 'declined' },
  error: { code: 'REFUND_REJECTED', message: '환불 거절' },
};
const CREDENTIALS: Outcome = {
  ...{ kind: 'declined', reason: 'configuration', hint: 'credentials_refused' },
  error: { code: 'UNAUTHORIZED_KEY', message: '' },
};
const NEEDS_NEW_KEY: Outcome = {
  ...{ kind: 'declined', reason: 'retry', hint: 'needs_new_key' },
  error: { code: 'FORBIDDEN_CONSECUTIVE_REQUEST', message: '' },
};
const ALREADY_DONE = unknown('ALREADY_CANCELED_PAYMENT', true, { reason: 'done' });
const UNDOCUMENTED = unknown('NEW_CODE', true, { undocumented: { code: 'NEW_CODE', message: '새 오류' } });
const BANK_UNABLE = unknown('FAILED_REFUND_PROCESS', false, { hint: 'bank_unable' });
const NO_ANSWER = unknown('NO_ANSWER', false, { hint: 'no_answer' });
const TIMED_OUT = unknown('ANSWER_TIMEOUT', false, { hint: 'timed_out' });
const IN_PROGRESS = unknown('IDEMPOTENT_REQUEST_PROCESSING', true, { hint: 'in_progress' });
const OTHER_PAYMENT = unknown('ANSWER_FOR_ANOTHER_PAYMENT', true, { hint: 'other_payment' });
const NOT_FOUND: Retrieval = { kind: 'not_found' };

const FIRST: RefundFacts = { isFirst: true, isOver: false, attempts: 1, amount: 900 };
const REPEATED: RefundFacts = { ...FIRST, isFirst: false };
const OVER: RefundFacts = { ...REPEATED, isOver: true };

const wait = (code: string, isAnswered = true, isSilent = false): RefundDecision => ({
  ...{ kind: 'wait', code, isAnswered, isSilent },
});
const fail = (code: string, message = ''): RefundDecision => ({ kind: 'fail', error: { code, message } });
const renewKey = (code: string): RefundDecision => ({ kind: 'renew_key', error: { code, message: '' } });

describe('after a request, a refund that the provider does not show', () => {
  it.each<[string, RefundFacts, Outcome, Retrieval | null, RefundDecision]>([
    ['the answer holds no such refund', FIRST, APPROVED, null, wait('ANSWER_WITHOUT_THE_CANCEL')],
    ['no answer to the first request', FIRST, NO_ANSWER, null, wait('NO_ANSWER', false, true)],
    ['no answer to a repetition, after an answered retrieval', REPEATED, NO_ANSWER, null, wait('NO_ANSWER', false)],
    ['the first request timed out', FIRST, TIMED_OUT, null, wait('ANSWER_TIMEOUT', false, true)],
    ['the same request is at work', REPEATED, IN_PROGRESS, null, wait('IDEMPOTENT_REQUEST_PROCESSING')],
    ['the answer is about another payment', FIRST, OTHER_PAYMENT, null, wait('ANSWER_FOR_ANOTHER_PAYMENT')],
    ['the first request is declined', FIRST, DECLINED, found(), fail('REFUND_REJECTED', '환불 거절')],
    ['the credentials are refused', FIRST, CREDENTIALS, found(), fail('UNAUTHORIZED_KEY')],
    ['a repetition is declined while the first may be at work', REPEATED, DECLINED, found(), wait('REFUND_REJECTED')],
    [
      'a repetition is declined once no request is at work',
      OVER,
      DECLINED,
      found(),
      fail('REFUND_REJECTED', '환불 거절'),
    ],
    ['it is said to be done already', FIRST, ALREADY_DONE, found(), fail('ALREADY_CANCELED_PAYMENT')],
    ['an undocumented refusal of the first request', FIRST, UNDOCUMENTED, found(), wait('NEW_CODE')],
    ['an undocumented refusal, later', OVER, UNDOCUMENTED, found(), fail('NEW_CODE', '새 오류')],
    ['declined, and the payment is not found', FIRST, DECLINED, NOT_FOUND, wait('REFUND_REJECTED')],
    ['declined, and the retrieval is not answered', FIRST, DECLINED, NO_ANSWER, wait('REFUND_REJECTED', false, true)],
    ['a new key is needed', FIRST, NEEDS_NEW_KEY, found(), renewKey('FORBIDDEN_CONSECUTIVE_REQUEST')],
    [
      'a new key is needed, balance not shown',
      FIRST,
      NEEDS_NEW_KEY,
      found(null),
      renewKey('FORBIDDEN_CONSECUTIVE_REQUEST'),
    ],
    ['a new key, but too little is left', FIRST, NEEDS_NEW_KEY, found(899), fail('FORBIDDEN_CONSECUTIVE_REQUEST')],
    [
      'a new key, but a request may be at work',
      REPEATED,
      NEEDS_NEW_KEY,
      found(),
      wait('FORBIDDEN_CONSECUTIVE_REQUEST'),
    ],
    ['the bank is not able', FIRST, BANK_UNABLE, found(), wait('FAILED_REFUND_PROCESS')],
    ['the bank is not able, later', OVER, BANK_UNABLE, found(), renewKey('FAILED_REFUND_PROCESS')],
    [
      'the bank is not able for the third time',
      { ...OVER, attempts: 3 },
      BANK_UNABLE,
      found(),
      fail('FAILED_REFUND_PROCESS'),
    ],
  ])('%s', (_, facts, outcome, retrieval, decision) => {
    expect(decideAfterRequest(facts, outcome, retrieval)).toEqual(decision);
    expect(refuses(outcome)).toBe(retrieval !== null);
  });
});

describe('a refund whose outcome is unknown', () => {
  const changed = { code: 'PAYMENT_CHANGED', message: '' };

  it.each<[string, typeof changed | null, boolean, Retrieval, RefundDecision | { kind: 'request' }]>([
    ['is requested again where the payment is shown without it', null, false, found(), { kind: 'request' }],
    ['waits where the payment is not found', null, true, NOT_FOUND, wait('NOT_FOUND_PAYMENT')],
    ['waits where the provider does not answer', null, true, NO_ANSWER, wait('NO_ANSWER', false, true)],
    ['that cannot be requested any more waits for requests at work', changed, false, found(), wait('PAYMENT_CHANGED')],
    ['that cannot be requested any more fails once none is at work', changed, true, found(), fail('PAYMENT_CHANGED')],
    [
      'that cannot be requested any more waits for the provider',
      changed,
      true,
      NO_ANSWER,
      wait('NO_ANSWER', false, true),
    ],
  ])('%s', (_, obstacle, isOver, retrieval, decision) => {
    expect(decideBeforeRepeat(obstacle, { isOver }, retrieval)).toEqual(decision);
  });
});

it.each<[string, Outcome, boolean]>([
  ['a lost connection', NO_ANSWER, true],
  ['a server error', BANK_UNABLE, true],
  ['a time-out', TIMED_OUT, false],
  ['an answer that decides nothing', IN_PROGRESS, false],
  ['a decline', DECLINED, false],
  ['an approval', APPROVED, false],
])('a request is repeated at once after %s: %#', (_, outcome, isRepeated) => {
  expect(isUnanswered(outcome)).toBe(isRepeated);
});
