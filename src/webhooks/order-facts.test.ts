import { describe, expect, it } from '@jest/globals';
import type { PaymentStatus } from '../platform/database/index.ts';
import type { PaymentState } from '../providers/index.ts';
import { isKnownByNow, type OrderFacts, type Unanswered } from './order-facts.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute));
const CAME_AT = at(30);

function event(says: Pick<Unanswered, 'state' | 'balance'>, more: Partial<Unanswered> = {}): Unanswered {
  return { about: 'payment', providerRef: 'key-1', ...says, createdAt: CAME_AT, ...more };
}

function facts(
  status: PaymentStatus,
  more: { refundedAmount?: number; answeredAt?: Date; isRefunding?: boolean; isKnown?: boolean } = {},
): OrderFacts {
  const { refundedAmount = 0, answeredAt = at(0), isRefunding = false, isKnown = true } = more;
  return {
    payment: {
      orderId: 'o',
      providerRef: 'key-1',
      merchantAccount: 'main',
      status,
      amount: 9_900,
      refundedAmount,
      depositSecretHash: null,
    },
    attempts: [{ providerRef: 'key-1', isKnown, answeredAt }],
    isRefunding,
  };
}

const says = (state: PaymentState, balance: number | null = null) => ({ state, balance });
const NOTHING = { state: null, balance: null };

describe('an event that the provider did not answer about', () => {
  it.each<[string, boolean, Unanswered, OrderFacts, Date | null]>([
    ['whose order ended since is known', true, event(NOTHING), facts('SUCCESS', { answeredAt: at(31) }), null],
    ['whose order ended before is not', false, event(NOTHING), facts('SUCCESS', { answeredAt: at(29) }), null],
    [
      'whose order is open still is not, though an answer came since',
      false,
      event(NOTHING),
      facts('PENDING', { answeredAt: at(31) }),
      null,
    ],
    [
      'whose order’s outcome became unknown since is not',
      false,
      event(NOTHING),
      facts('FAILED', { answeredAt: at(31), isKnown: false }),
      null,
    ],
    ['whose order was retrieved since is known', true, event(NOTHING), facts('PENDING'), at(31)],
    ['whose order was retrieved before is not', false, event(NOTHING), facts('SUCCESS'), at(29)],
    [
      'whose order is being refunded is not',
      false,
      event(says('paid')),
      facts('SUCCESS', { answeredAt: at(31), isRefunding: true }),
      at(31),
    ],
    ['that says what we know is known', true, event(says('paid')), facts('SUCCESS'), null],
    [
      'of a deposit that says what we know is known',
      true,
      event(says('paid'), { about: 'deposit', providerRef: null }),
      facts('SUCCESS'),
      null,
    ],
    ['that says something else is not', false, event(says('canceled')), facts('SUCCESS'), null],
    [
      'of a part that went back is known when the amounts agree',
      true,
      event(says('partially_refunded', 9_000)),
      facts('PARTIALLY_REFUNDED', { refundedAmount: 900 }),
      null,
    ],
    [
      'of another part that went back is not',
      false,
      event(says('partially_refunded', 8_000)),
      facts('PARTIALLY_REFUNDED', { refundedAmount: 900 }),
      null,
    ],
    [
      'of another payment of the order is not',
      false,
      event(says('paid'), { providerRef: 'key-2' }),
      facts('SUCCESS'),
      null,
    ],
    [
      'of a cancel that is recorded is known',
      true,
      event(NOTHING, { about: 'refund', providerRef: null }),
      facts('PARTIALLY_REFUNDED'),
      null,
    ],
    ['that says nothing is not', false, event(NOTHING), facts('SUCCESS'), null],
    ['that says it is not confirmed is not', false, event(says('open')), facts('FAILED'), null],
  ])('%s', (_, known, about, order, retrievedAt) => {
    expect(isKnownByNow(about, order, retrievedAt)).toBe(known);
  });
});
