import { describe, expect, it } from '@jest/globals';
import type { RefundStatus } from '../platform/database/index.ts';
import { nextRefundStatus, REFUND_STATUSES, type RefundEvent, refundStatusesBefore } from './refund.machine.ts';

describe('a refund', () => {
  it.each<[RefundEvent, RefundStatus[], RefundStatus]>([
    ['refunded', ['PENDING'], 'REFUNDED'],
    ['failed', ['PENDING'], 'FAILED'],
  ])('can be %s only in %j', (event, statuses, after) => {
    expect(refundStatusesBefore(event)).toEqual(statuses);
    expect(statuses.map((status) => nextRefundStatus(status, event))).toEqual(statuses.map(() => after));
  });

  it('that has ended stays as it is', () => {
    const ended = REFUND_STATUSES.filter((status) => status !== 'PENDING');
    expect(
      ended.flatMap((status) => [nextRefundStatus(status, 'refunded'), nextRefundStatus(status, 'failed')]),
    ).toEqual(Array(4).fill(null));
  });
});
