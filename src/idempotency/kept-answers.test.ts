import { describe, expect, it } from '@jest/globals';
import { type ProblemCode, PROBLEMS } from '../platform/problem.ts';
import { CONFLICTS, isKept } from './kept-answers.ts';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('what an Idempotency-Key is answered with again', () => {
  it('is decided for every 409, and for no other status', () => {
    expect(Object.keys(CONFLICTS).toSorted()).toEqual(codes.filter((code) => PROBLEMS[code].status === 409).toSorted());
  });

  it.each([
    ['PAYMENT_DECLINED', true],
    ['REFUND_DECLINED', true],
    ['ORDER_ALREADY_PAID', true],
    ['ORDER_EXPIRED', true],
    ['VALIDATION_FAILED', false],
    ['UNAUTHENTICATED', false],
    ['FORBIDDEN', false],
    ['PLAN_NOT_FOUND', false],
    ['PAYMENT_IN_PROGRESS', false],
    ['SUBSCRIPTION_CHANGED', false],
    ['IDEMPOTENCY_KEY_IN_PROGRESS', false],
    ['PAYLOAD_TOO_LARGE', false],
    ['UNSUPPORTED_MEDIA_TYPE', false],
    ['IDEMPOTENCY_KEY_REUSED', false],
    ['TOO_MANY_REQUESTS', false],
    ['DATABASE_UNAVAILABLE', false],
  ] as [ProblemCode, boolean][])('%s: %p', (code, kept) => {
    expect(isKept(code)).toBe(kept);
  });
});
