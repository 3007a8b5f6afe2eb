import { describe, expect, it } from '@jest/globals';
import type { RefundStatus } from '../platform/database/index.ts';
import { before, next, REFUND_STATUSES, type RefundEvent } from './refund.machine.ts';

describe('a refund', () => {
  it.each<[RefundEvent, RefundStatus[], RefundStatus]>([
    ['refunded', ['PENDING'], 'REFUNDED'],
    ['failed', ['PENDING'], 'FAILED'],
  ])('can be %s only in %j', (event, statuses, after) => {
    expect(before(event)).toEqual(statuses);
    expect(statuses.map((status) => next(status, event))).toEqual(statuses.map(() => after));
  });

  it('that has ended stays as it is', () => {
    const ended = REFUND_STATUSES.filter((status) => status !== 'PENDING');
    expect(ended.flatMap((status) => [next(status, 'refunded'), next(status, 'failed')])).toEqual(Array(4).fill(null));
  });
});
