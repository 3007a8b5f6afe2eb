import { describe, expect, it } from '@jest/globals';
import { decideRenewal, type EarlierOrder, type RenewalFacts } from './renewal.policy.ts';

const charge = { planId: 1, months: 1, price: 9_900, balanceUsed: 0, amount: 9_900 };
const facts = (more: Partial<RenewalFacts> = {}): RenewalFacts => ({
  charge,
  needsConsent: false,
  isPastDue: false,
  consentId: null,
  announcedAmount: 9_900,
  isPayingOtherwise: false,
  isChargedToday: false,
  earlier: [],
  ...more,
});
const failed = (more: Partial<EarlierOrder> = {}): EarlierOrder => ({
  orderId: 'first',
  planId: 1,
  months: 1,
  balanceUsed: 0,
  amount: 9_900,
  isOpen: false,
  isEnded: false,
  ...more,
});

describe('a renewal that is due', () => {
  it.each([
    ['is charged under a new order', {}, { kind: 'charge', orderId: null }],
    ['is charged less than was announced', { announcedAmount: 12_000 }, { kind: 'charge', orderId: null }],
    ['is announced first, if it never was', { announcedAmount: null }, { kind: 'announce' }],
    ['is announced again, if it is more than was announced', { announcedAmount: 5_900 }, { kind: 'announce' }],
    ['is announced again, if a period of it was charged today', { isChargedToday: true }, { kind: 'announce' }],
    ['waits while the buyer pays otherwise', { isPayingOtherwise: true }, { kind: 'postpone' }],
    ['of a trial needs consent', { needsConsent: true }, { kind: 'no_consent' }],
    ['of a trial is charged with consent', { needsConsent: true, consentId: 'c' }, { kind: 'charge', orderId: null }],
    [
      'of a trial needs consent even where the balance pays',
      { needsConsent: true, charge: { ...charge, amount: 0, balanceUsed: 9_900 } },
      { kind: 'no_consent' },
    ],
    [
      'is granted where the balance pays, announced or not',
      { charge: { ...charge, amount: 0, balanceUsed: 9_900 }, announcedAmount: null },
      { kind: 'grant' },
    ],
    [
      'is not charged while an order of it is open, or paid',
      { earlier: [failed({ isOpen: true })] },
      { kind: 'already_renewed' },
    ],
    [
      'that failed is requested again under the same order',
      { isPastDue: true, earlier: [failed()] },
      { kind: 'charge', orderId: 'first' },
    ],
    [
      'that failed needs no other notice',
      { isPastDue: true, announcedAmount: null, earlier: [failed()] },
      { kind: 'charge', orderId: 'first' },
    ],
    [
      'whose order is used up is charged under a new one',
      { isPastDue: true, earlier: [failed({ isEnded: true })] },
      { kind: 'charge', orderId: null },
    ],
    [
      'whose plan was changed is charged under a new one',
      { isPastDue: true, earlier: [failed({ planId: 2 })] },
      { kind: 'charge', orderId: null },
    ],
    [
      'whose balance has changed is charged under a new one',
      { isPastDue: true, earlier: [failed({ amount: 4_900, balanceUsed: 5_000 })] },
      { kind: 'charge', orderId: null },
    ],
  ] as const)('%s', (_, more, decision) => {
    expect(decideRenewal(facts(more as Partial<RenewalFacts>))).toEqual(decision);
  });
});
