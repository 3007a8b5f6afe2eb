import { describe, expect, it } from '@jest/globals';
import type { RenewalState, Subscription, SubscriptionStatus } from '../platform/database/index.ts';
import * as machine from './subscription.machine.ts';
import { withStates } from './subscription.status.ts';

const at = (text: string) => new Date(`${text}+09:00`);
const now = at('2027-02-10T10:00');
const chargeAt = at('2027-03-05T10:00');
const [earlier, later] = [at('2027-02-01T10:00'), at('2027-03-09T10:00')];

const plans = { nothing: { nextChargeAt: null }, charge: { nextChargeAt: chargeAt } };
const hold = { renewalHeldAt: earlier, renewalHeldReason: 'DEFECT' };
const underWay = { renewalOrderId: 'order-1' };

const scheduled = subscription({ nextChargeAt: now });
const charging = subscription({ renewalOrderId: 'order-1', nextChargeAt: null });
const pastDue = subscription({ pastDueSince: earlier, nextChargeAt: later });
const onHold = subscription({ ...hold, nextChargeAt: now });
const noCard = subscription({ paymentMethodId: null, nextChargeAt: null });
const canceled = subscription({ cancelAtPeriodEnd: true, nextChargeAt: null });
const canceledPastDue = subscription({ cancelAtPeriodEnd: true, nextChargeAt: null, pastDueSince: earlier });
const canceledOnHold = subscription({ ...hold, cancelAtPeriodEnd: true, nextChargeAt: null });
const ended = subscription({ isActive: false, nextChargeAt: null });

describe('a subscription', () => {
  it.each<[string, Partial<Subscription>, SubscriptionStatus]>([
    ['a trial', { isTrial: true }, 'TRIALING'],
    ['a trial that is cancelled at its end', { isTrial: true, cancelAtPeriodEnd: true }, 'TRIALING'],
    ['one that was paid', {}, 'ACTIVE'],
    ['one that is cancelled at its end', { cancelAtPeriodEnd: true }, 'ACTIVE'],
    ['one whose card was declined', { pastDueSince: earlier }, 'PAST_DUE'],
    ['one whose card was declined after its trial', { pastDueSince: earlier, isTrial: true }, 'PAST_DUE'],
    ['one in its grace', { pastDueSince: earlier, graceUntil: later }, 'PAST_DUE'],
    ['one that is cancelled while it is past due', { pastDueSince: earlier, cancelAtPeriodEnd: true }, 'PAST_DUE'],
    ['one that ended unpaid', { isActive: false }, 'EXPIRED'],
    ['one that ended past due', { isActive: false, pastDueSince: earlier, graceUntil: later }, 'EXPIRED'],
    ['a trial that ended', { isActive: false, isTrial: true }, 'EXPIRED'],
    ['one that ended cancelled', { isActive: false, cancelAtPeriodEnd: true }, 'CANCELED'],
    [
      'one that ended cancelled and past due',
      { isActive: false, cancelAtPeriodEnd: true, pastDueSince: earlier },
      'CANCELED',
    ],
  ])('%s: its status', (_, change, status) => {
    expect(subscription({ ...change, ...plans.nothing }).status).toBe(status);
  });

  it.each<[string, Partial<Subscription>, RenewalState]>([
    ['without a card', { ...plans.nothing, paymentMethodId: null }, 'NONE'],
    ['given up', plans.nothing, 'NONE'],
    ['that no longer tries the card', { ...plans.nothing, pastDueSince: earlier, graceUntil: later }, 'NONE'],
    ['that is planned', plans.charge, 'SCHEDULED'],
    ['that tries a declined card again', { ...plans.charge, pastDueSince: earlier }, 'SCHEDULED'],
    ['whose charge is under way', { ...plans.nothing, ...underWay }, 'CHARGING'],
    ['whose charge is under way while the next is planned', { ...plans.charge, ...underWay }, 'CHARGING'],
    ['whose charge is under way while the next waits', { ...plans.charge, ...underWay, ...hold }, 'CHARGING'],
    ['on hold', { ...plans.charge, ...hold }, 'ON_HOLD'],
    ['on hold of what is cancelled', { ...plans.nothing, ...hold, cancelAtPeriodEnd: true }, 'ON_HOLD'],
    ['on hold and past due', { ...plans.charge, ...hold, pastDueSince: earlier }, 'ON_HOLD'],
  ])('a renewal %s: its state', (_, change, state) => {
    expect(subscription(change).renewalState).toBe(state);
  });

  const decision = { nextChargeAt: later, pastDueSince: now, graceUntil: null, isDefect: false };
  const decline = (row: Subscription, change = {}) =>
    machine.declined(
      row,
      { ...decision, ...change },
      { orderId: 'order-1', cardId: row.paymentMethodId ?? '', dueAt },
      now,
    );
  const dueAt = charging.endDate;
  const held = (renewalHeldReason: string) => {
    return { renewalHeldAt: now, renewalHeldReason, renewalState: 'ON_HOLD' as const };
  };

  it.each<[string, Subscription, Subscription, Partial<Subscription>]>([
    [
      'a cancel plans no charge',
      scheduled,
      machine.canceled(scheduled),
      { cancelAtPeriodEnd: true, nextChargeAt: null, renewalState: 'NONE' },
    ],
    [
      'a cancel leaves the charge under way to its outcome',
      charging,
      machine.canceled(charging),
      { cancelAtPeriodEnd: true },
    ],
    [
      'a resume plans the charge',
      canceled,
      machine.resumed(canceled, { chargeAt, announcedFor: null }, now),
      { cancelAtPeriodEnd: false, nextChargeAt: chargeAt, renewalState: 'SCHEDULED' },
    ],
    [
      'a resume charges no earlier than was announced',
      { ...canceled, announcedFor: canceled.endDate },
      machine.resumed({ ...canceled, announcedFor: canceled.endDate }, { chargeAt, announcedFor: later }, now),
      { cancelAtPeriodEnd: false, nextChargeAt: later, renewalState: 'SCHEDULED' },
    ],
    [
      'a resume charges what is past due now',
      canceledPastDue,
      machine.resumed(canceledPastDue, { chargeAt, announcedFor: null }, now),
      { cancelAtPeriodEnd: false, nextChargeAt: now, renewalState: 'SCHEDULED' },
    ],
    [
      'a resume plans nothing while a charge is under way',
      { ...charging, cancelAtPeriodEnd: true },
      machine.resumed({ ...charging, cancelAtPeriodEnd: true }, { chargeAt, announcedFor: null }, now),
      { cancelAtPeriodEnd: false },
    ],
    [
      'a change is scheduled with its terms',
      scheduled,
      machine.changeScheduled(scheduled, { planId: 2, price: 19_900, months: 1 }),
      { nextPlanId: 2, nextPrice: 19_900, nextMonths: 1 },
    ],
    [
      'another card: charged as planned',
      scheduled,
      machine.cardReplaced(scheduled, 'b', now),
      { paymentMethodId: 'b' },
    ],
    [
      'another card: what is past due is charged now',
      pastDue,
      machine.cardReplaced(pastDue, 'b', now),
      { paymentMethodId: 'b', nextChargeAt: now },
    ],
    [
      'a card that is chosen where none was: renews from now on',
      noCard,
      machine.cardChosen(noCard, 'b', chargeAt, now),
      { paymentMethodId: 'b', nextChargeAt: chargeAt, renewalState: 'SCHEDULED' },
    ],
    [
      'a card that is chosen while it is cancelled: still ends',
      canceled,
      machine.cardChosen(canceled, 'b', chargeAt, now),
      { paymentMethodId: 'b' },
    ],
    [
      'no card any more: past due, it stays usable until its grace is over',
      pastDue,
      machine.cardRemoved(pastDue),
      { paymentMethodId: null, nextChargeAt: null, graceUntil: at('2027-02-08T10:00'), renewalState: 'NONE' },
    ],
    [
      'a charge begins',
      scheduled,
      machine.chargeBegun(scheduled, 'order-1'),
      { renewalOrderId: 'order-1', nextChargeAt: null, renewalState: 'CHARGING' },
    ],
    [
      'a decline plans what was decided',
      charging,
      decline(charging),
      { renewalOrderId: null, nextChargeAt: later, pastDueSince: now, status: 'PAST_DUE', renewalState: 'SCHEDULED' },
    ],
    [
      'a last decline plans nothing',
      charging,
      decline(charging, { nextChargeAt: null, graceUntil: later }),
      { renewalOrderId: null, pastDueSince: now, graceUntil: later, status: 'PAST_DUE', renewalState: 'NONE' },
    ],
    [
      'trouble of ours is tried again and not counted against the buyer',
      charging,
      decline(charging, { pastDueSince: null }),
      { renewalOrderId: null, nextChargeAt: later, renewalState: 'SCHEDULED' },
    ],
    [
      'a decline of a card that was replaced meanwhile: the other one is charged now',
      { ...charging, paymentMethodId: 'b' },
      machine.declined(
        { ...charging, paymentMethodId: 'b' },
        { ...decision, nextChargeAt: null, graceUntil: later },
        { orderId: 'order-1', cardId: 'a', dueAt },
        now,
      ),
      { renewalOrderId: null, nextChargeAt: now, pastDueSince: now, status: 'PAST_DUE', renewalState: 'SCHEDULED' },
    ],
    [
      'a decline after the period was paid otherwise: nothing is owed',
      { ...charging, endDate: later, nextChargeAt: chargeAt },
      decline({ ...charging, endDate: later, nextChargeAt: chargeAt }),
      { renewalOrderId: null, renewalState: 'SCHEDULED' },
    ],
    [
      'a decline after a cancel: nothing is planned',
      { ...charging, cancelAtPeriodEnd: true },
      decline({ ...charging, cancelAtPeriodEnd: true }),
      { renewalOrderId: null, pastDueSince: now, status: 'PAST_DUE', renewalState: 'NONE' },
    ],
    [
      'a card that cannot be charged for a defect: waits for an operator',
      charging,
      decline(charging, { isDefect: true }),
      { renewalOrderId: null, nextChargeAt: later, pastDueSince: now, status: 'PAST_DUE', ...held('DEFECT') },
    ],
    [
      'a charge for what it no longer is',
      charging,
      machine.detached(charging, 'order-1'),
      { renewalOrderId: null, renewalState: 'NONE' },
    ],
    [
      'another amount was taken: waits for an operator',
      charging,
      machine.heldForMismatch(charging, 'order-1', now),
      { renewalOrderId: null, nextChargeAt: now, ...held('MISMATCH') },
    ],
    ['a defect puts it on hold', scheduled, machine.heldForDefect(scheduled, now), held('DEFECT')],
    [
      'a release',
      onHold,
      machine.released(onHold),
      { renewalHeldAt: null, renewalHeldReason: null, renewalState: 'SCHEDULED' },
    ],
    [
      'a release of what is cancelled',
      canceledOnHold,
      machine.released(canceledOnHold),
      { renewalHeldAt: null, renewalHeldReason: null, renewalState: 'NONE' },
    ],
    [
      'a charge is given up',
      scheduled,
      machine.chargePlanned(scheduled, null),
      { nextChargeAt: null, renewalState: 'NONE' },
    ],
    ['the card of what has ended is removed', ended, machine.cardRemoved(ended), { paymentMethodId: null }],
  ])('%s', (_, before, after, change) => {
    expect(after).toEqual({ ...before, ...change, version: before.version + 1 });
  });

  it.each<[string, Subscription, Subscription]>([
    [
      'a decline of another charge',
      charging,
      machine.declined(charging, decision, { orderId: 'x', cardId: 'a', dueAt }, now),
    ],
    ['the end of another charge', charging, machine.detached(charging, 'order-2')],
    ['a consent that nothing waits for', scheduled, machine.consented(scheduled, chargeAt, now)],
    ['a consent to what is cancelled', canceled, machine.consented(canceled, chargeAt, now)],
  ])('%s changes nothing', (_, before, after) => {
    expect(after).toBe(before);
  });

  it('is charged again once the buyer consents to what was given up', () => {
    const givenUp = subscription({ needsConsent: true, nextChargeAt: null });
    expect(machine.consented(givenUp, chargeAt, now)).toMatchObject({
      nextChargeAt: chargeAt,
      renewalState: 'SCHEDULED',
    });
  });

  it('keeps its version when only the announcement is recorded, and counts a charge that is put off', () => {
    expect(machine.announced(scheduled, 9_900)).toMatchObject({ announcedAmount: 9_900, version: scheduled.version });
    expect(machine.announced(scheduled, 9_900, later)).toMatchObject({
      nextChargeAt: later,
      version: scheduled.version + 1,
    });
    // Released without a charge that was planned: the announcement plans it.
    expect(machine.announced(subscription(plans.nothing), 9_900, later)).toMatchObject({ renewalState: 'SCHEDULED' });
  });

  it.each<[string, () => unknown]>([
    ['a charge while one is under way', () => machine.chargeBegun(charging, 'order-2')],
    ['a charge of what is on hold', () => machine.chargeBegun(onHold, 'order-2')],
    ['a charge that is not planned', () => machine.chargeBegun(noCard, 'order-2')],
    ['a scheduled change while a charge is under way', () => machine.changeScheduled(charging, null)],
    ['a release of what is not on hold', () => machine.released(scheduled)],
    ['a cancel of what has ended', () => machine.canceled(ended)],
    ['a charge of what has ended', () => machine.chargePlanned(ended, now)],
  ])('refuses %s', (_, transition) => {
    expect(transition).toThrow(/of a subscription that is/);
  });
});

/** A subscription that renews. */
function subscription(change: Partial<Subscription> = {}): Subscription {
  return withStates({
    id: '00000000-0000-7000-8000-000000000001',
    userId: 'buyer',
    planId: 1,
    switchAt: null,
    switchPlanId: null,
    agreedPlanId: 1,
    agreedPrice: 9_900,
    agreedMonths: 1,
    nextPlanId: null,
    nextPrice: null,
    nextMonths: null,
    isActive: true,
    version: 3,
    anchorAt: at('2027-01-05T12:00'),
    anchorMonths: 1,
    startDate: at('2027-01-05T12:00'),
    endDate: at('2027-02-05T12:00'),
    cancelAtPeriodEnd: false,
    isTrial: false,
    needsConsent: false,
    paymentMethodId: 'a',
    nextChargeAt: at('2027-02-05T10:00'),
    renewalOrderId: null,
    renewalHeldAt: null,
    renewalHeldReason: null,
    pastDueSince: null,
    graceUntil: null,
    announcedFor: null,
    announcedAmount: null,
    createdAt: at('2027-01-05T12:00'),
    ...change,
  });
}
