import { describe, expect, it } from '@jest/globals';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import type { Subscription, SubscriptionPeriod } from '../platform/database/index.ts';
import { revoke } from './revoke.ts';
import { withStates } from './subscription.status.ts';

const calendar = new BusinessCalendar({ timeZone: 'Asia/Seoul' });
const at = (day: string) => new Date(`${day}T10:00:00+09:00`);
const day = (instant: Date) => calendar.day(instant);

/** Periods as `id: start, end`; the plan is 1 and the price 9,900 unless said otherwise. */
function period(
  id: string,
  startsAt: string,
  endsAt: string,
  more: Partial<SubscriptionPeriod> = {},
): SubscriptionPeriod {
  return {
    id,
    subscriptionId: 's',
    orderId: `order-${id}`,
    planId: 1,
    months: 1,
    startsAt: at(startsAt),
    endsAt: at(endsAt),
    price: 9_900,
    listPrice: 9_900,
    agreedBefore: null,
    credited: 0,
    voidedAt: null,
    endedById: null,
    originalEndsAt: null,
    createdAt: at(startsAt),
    ...more,
  };
}

function subscription(
  anchor: string,
  months: number,
  periods: SubscriptionPeriod[],
  more: Partial<Subscription> = {},
): Subscription {
  const standing = periods.filter(({ voidedAt }) => voidedAt === null);
  return withStates({
    id: 's',
    userId: 'u',
    planId: 1,
    switchAt: null,
    switchPlanId: null,
    agreedPlanId: 1,
    agreedMonths: 1,
    nextPlanId: null,
    nextPrice: null,
    nextMonths: null,
    isActive: true,
    version: 1,
    anchorAt: at(anchor),
    anchorMonths: months,
    startDate: standing[0]!.startsAt,
    endDate: standing.at(-1)!.endsAt,
    cancelAtPeriodEnd: false,
    isTrial: false,
    needsConsent: false,
    agreedPrice: 9_900,
    paymentMethodId: null,
    nextChargeAt: null,
    renewalOrderId: null,
    renewalHeldAt: null,
    renewalHeldReason: null,
    pastDueSince: null,
    graceUntil: null,
    announcedFor: null,
    announcedAmount: null,
    createdAt: at(anchor),
    ...more,
  });
}

function refund(
  periods: SubscriptionPeriod[],
  terms: Subscription,
  of: string,
  now: string,
  more: { amount?: number; whole?: boolean; end?: boolean; isReversal?: boolean; refunded?: string[] } = {},
) {
  const { amount = 9_900, whole = true, end = false, isReversal = false, refunded = [] } = more;
  const revoked = revoke(
    calendar,
    { subscription: terms, periods },
    { periodId: of, amount, isWhole: whole, endsNow: end, isReversal, refundedOrders: new Set(refunded) },
    at(now),
  );
  const after = new Map([...periods, ...revoked.periods].map((one) => [one.id, one]));
  return {
    effect: revoked.effect,
    balance: revoked.balance,
    planId: revoked.subscription.planId,
    switchPlanId: revoked.subscription.switchPlanId,
    isActive: revoked.subscription.isActive,
    from: day(revoked.subscription.startDate),
    to: day(revoked.subscription.endDate),
    unvoided: [...after.values()]
      .filter(({ voidedAt }) => voidedAt === null)
      .map(({ id, startsAt, endsAt }) => `${id}: ${day(startsAt)} ${day(endsAt)}`)
      .toSorted(),
    term: revoked.subscription,
    stoppedOrderId: revoked.stoppedOrderId,
    revoked: after.get(of)!,
  };
}

describe('a whole refund', () => {
  const three = [
    period('a', '2027-01-31', '2027-02-28'),
    period('b', '2027-02-28', '2027-03-31'),
    period('c', '2027-03-31', '2027-04-30'),
  ];
  const terms = subscription('2027-01-31', 3, three);

  it.each([
    [
      'the last',
      'c',
      '2027-02-02',
      {
        unvoided: ['a: 2027-01-31 2027-02-28', 'b: 2027-02-28 2027-03-31'],
        from: '2027-01-31',
        to: '2027-03-31',
        effect: 'moved',
      },
    ],
    [
      'a middle one that is to come: the next moves into its place',
      'b',
      '2027-02-02',
      { unvoided: ['a: 2027-01-31 2027-02-28', 'c: 2027-02-28 2027-03-31'], to: '2027-03-31', effect: 'moved' },
    ],
    [
      'the one that runs: what follows begins now',
      'a',
      '2027-02-02',
      {
        unvoided: ['b: 2027-02-02 2027-03-02', 'c: 2027-03-02 2027-04-02'],
        from: '2027-02-02',
        to: '2027-04-02',
        effect: 'moved',
      },
    ],
    [
      'one that is over: what has begun stays where it is',
      'a',
      '2027-03-05',
      {
        unvoided: ['b: 2027-02-28 2027-03-31', 'c: 2027-03-31 2027-04-30'],
        from: '2027-02-28',
        to: '2027-04-30',
        effect: 'none',
      },
    ],
    [
      'a middle one that runs',
      'b',
      '2027-03-05',
      {
        unvoided: ['a: 2027-01-31 2027-02-28', 'c: 2027-03-05 2027-04-05'],
        from: '2027-01-31',
        to: '2027-04-05',
        effect: 'moved',
      },
    ],
    [
      'the last that runs',
      'c',
      '2027-04-02',
      {
        unvoided: ['a: 2027-01-31 2027-02-28', 'b: 2027-02-28 2027-03-31'],
        to: '2027-03-31',
        isActive: false,
        effect: 'ended',
      },
    ],
  ])('of %s', (_, of, now, expected) => {
    expect(refund(three, terms, of, now)).toMatchObject({ balance: 0, ...expected });
  });

  it('of the only one ends the subscription now', () => {
    const only = [period('a', '2027-01-31', '2027-02-28')];
    expect(refund(only, subscription('2027-01-31', 1, only), 'a', '2027-02-02')).toMatchObject({
      effect: 'ended',
      isActive: false,
      unvoided: [],
      from: '2027-01-31',
      to: '2027-02-02',
      balance: 0,
    });
  });

  it('leaves an anchor from which the next month follows without a gap', () => {
    const { term } = refund(three, terms, 'c', '2027-02-02');
    expect(day(calendar.addMonths(term.anchorAt, term.anchorMonths + 1))).toBe('2027-04-30');
    const moved = refund(three, terms, 'a', '2027-02-02').term;
    expect(day(calendar.addMonths(moved.anchorAt, moved.anchorMonths))).toBe('2027-04-02');
  });

  it('gives back the balance that the order had used', () => {
    const only = [period('a', '2027-01-31', '2027-02-28')];
    expect(refund(only, subscription('2027-01-31', 1, only), 'a', '2027-02-02', { amount: 9_000 }).balance).toBe(900);
  });

  it('of a subscription that has ended changes history alone', () => {
    expect(refund(three, { ...terms, isActive: false }, 'b', '2027-06-01')).toMatchObject({
      effect: 'none',
      isActive: false,
      unvoided: ['a: 2027-01-31 2027-02-28', 'c: 2027-03-31 2027-04-30'],
      to: '2027-04-30',
    });
  });
});

describe('a whole refund of a change of plan', () => {
  // BASIC for April, and on the 16th PREMIUM for the rest: 9,950 for what is left, of which 4,950 were credited.
  const change = period('up', '2027-04-16', '2027-05-01', { planId: 2, price: 9_950 });
  const old = period('old', '2027-04-01', '2027-04-16', {
    credited: 4_950,
    endedById: 'up',
    originalEndsAt: at('2027-05-01'),
  });
  const terms = subscription('2027-04-01', 1, [old, change], { planId: 2 });

  it('brings back the plan that was held, with what it had credited', () => {
    expect(refund([old, change], terms, 'up', '2027-04-17', { amount: 5_000 })).toMatchObject({
      unvoided: ['old: 2027-04-01 2027-05-01'],
      planId: 1,
      to: '2027-05-01',
      balance: 0,
      isActive: true,
      effect: 'moved',
    });
  });

  it('after the old order was refunded itself: the credit comes back to the balance, and nothing is left', () => {
    const first = refund([old, change], terms, 'old', '2027-04-17');
    // Its credit still pays for the new plan, so it is owed.
    expect(first).toMatchObject({
      balance: -4_950,
      unvoided: ['up: 2027-04-16 2027-05-01'],
      planId: 2,
      isActive: true,
    });
    const voided = { ...old, credited: old.price, voidedAt: at('2027-04-17') };
    expect(
      refund([voided, change], first.term, 'up', '2027-04-18', { amount: 5_000, refunded: ['order-old'] }),
    ).toMatchObject({ balance: 4_950, unvoided: [], isActive: false });
  });

  it('that began another cycle goes back to the old one, and what was bought since follows it', () => {
    const yearly = period('up', '2027-04-16', '2028-04-16', { planId: 2, months: 12, price: 90_000 });
    const next = period('next', '2028-04-16', '2029-04-16', { planId: 2, months: 12, price: 90_000 });
    const bought = subscription('2027-04-16', 24, [old, yearly, next], { planId: 2 });
    expect(refund([old, yearly, next], bought, 'up', '2027-04-17', { amount: 85_050 })).toMatchObject({
      unvoided: ['next: 2027-05-01 2028-05-01', 'old: 2027-04-01 2027-05-01'],
      planId: 1,
      switchPlanId: 2,
      to: '2028-05-01',
      balance: 0,
    });
  });
});

describe('a whole refund of a change to a shorter cycle, when what was bought since has begun', () => {
  it('leaves that where it is, and what was credited goes to the balance', () => {
    const half = period('half', '2027-07-01', '2027-07-10', {
      months: 6,
      price: 60_000,
      credited: 57_000,
      endedById: 'up',
      originalEndsAt: at('2028-01-01'),
    });
    const up = period('up', '2027-07-10', '2027-08-10', { planId: 2, price: 19_900 });
    const next = period('next', '2027-08-10', '2027-09-10', { planId: 2, price: 19_900 });
    const terms = subscription('2027-07-10', 2, [half, up, next], { planId: 2 });
    expect(refund([half, up, next], terms, 'up', '2027-08-11', { amount: 100 })).toMatchObject({
      unvoided: ['half: 2027-07-01 2027-07-10', 'next: 2027-08-10 2027-09-10'],
      to: '2027-09-10',
      isActive: true,
      balance: 19_800,
    });
  });
});

describe('a refund in part', () => {
  const two = [period('a', '2027-01-31', '2027-02-28'), period('b', '2027-02-28', '2027-03-31')];
  const terms = subscription('2027-01-31', 2, two);

  it('leaves all time as it is, and the period is worth less', () => {
    const revoked = revoke(
      calendar,
      { subscription: terms, periods: two },
      { periodId: 'a', amount: 900, isWhole: false, endsNow: false, isReversal: false, refundedOrders: new Set() },
      at('2027-02-02'),
    );
    expect(revoked).toMatchObject({ effect: 'none', balance: 0, periods: [{ id: 'a', price: 9_000 }] });
  });

  it('of more than is not credited yet leaves the rest owed', () => {
    const credited = [period('a', '2027-01-31', '2027-02-10', { credited: 9_500 }), two[1]!];
    expect(refund(credited, terms, 'a', '2027-02-12', { amount: 900, whole: false }).balance).toBe(-500);
  });

  it('that ends the subscription cuts what runs and drops what was to come', () => {
    expect(refund(two, terms, 'a', '2027-02-02', { amount: 900, whole: false, end: true })).toMatchObject({
      effect: 'ended',
      isActive: false,
      unvoided: ['a: 2027-01-31 2027-02-02'],
      to: '2027-02-02',
      balance: 0,
    });
  });
});

describe('the renewal', () => {
  const two = [period('a', '2027-01-31', '2027-02-28'), period('b', '2027-02-28', '2027-03-31')];
  const renewing = subscription('2027-01-31', 2, two, {
    nextChargeAt: at('2027-03-30'),
    renewalOrderId: 'renewal',
    pastDueSince: at('2027-02-01'),
    graceUntil: at('2027-04-03'),
  });

  it('is not planned any more after a refund that moves time, and a charge under way is stopped', () => {
    const { term, stoppedOrderId } = refund(two, renewing, 'b', '2027-02-02');
    expect(term).toMatchObject({ nextChargeAt: null, renewalOrderId: null, pastDueSince: null, graceUntil: null });
    expect(term).toMatchObject({ status: 'ACTIVE', renewalState: 'NONE' });
    expect({ stoppedOrderId, version: term.version }).toEqual({ stoppedOrderId: 'renewal', version: 2 });
  });

  it('goes on after a refund in part', () => {
    const { term, stoppedOrderId } = refund(two, renewing, 'b', '2027-02-02', { amount: 900, whole: false });
    expect(term).toMatchObject({ nextChargeAt: at('2027-03-30'), renewalOrderId: 'renewal', version: 2 });
    expect(term).toMatchObject({ status: 'PAST_DUE', renewalState: 'CHARGING' });
    expect(stoppedOrderId).toBeNull();
  });
});

it('a period whose deposit was reversed belongs to no order, so that the order may pay again', () => {
  const only = [period('a', '2027-01-31', '2027-02-28')];
  const { revoked } = refund(only, subscription('2027-01-31', 1, only), 'a', '2027-02-02', { isReversal: true });
  expect(revoked).toMatchObject({ orderId: null, voidedAt: at('2027-02-02'), credited: 9_900 });
});
