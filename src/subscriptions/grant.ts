import { v7 as uuid } from 'uuid';
import type { Prisma, Subscription, SubscriptionPeriod } from '../platform/database/index.ts';
import type { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { agreementOf, type Terms } from './agreement.ts';
import type { ChargeDate } from './charge-date.ts';
import { type CurrentSubscription, type Purchase, purchase, type PurchaseTerms } from './purchase.ts';
import { withStates } from './subscription.status.ts';

/** Time that is granted, as rows to write. */
export interface Grant {
  /** before null: it begins. Where it has changed since it was read, everything is worked out again. */
  subscription: { before: Subscription | null; after: Subscription };
  period: SubscriptionPeriod;
  /** Periods that a change of plan ends, as they are now. */
  endedPeriods: SubscriptionPeriod[];
  /** What a change of plan leaves over for the buyer's balance in won; negative: what they owe. 0: no entry */
  balanceEntry: number;
  event: GrantEvent;
}

interface GrantEvent {
  type: 'subscription.activated' | 'subscription.extended' | 'subscription.changed';
  data: { planId: number; startsAt: Date; endsAt: Date; price: number; credit?: number; leftOver?: number };
}

/**
 * What a paid order, a balance that pays, or a free change grants.
 *
 * @param current with its periods, where what is bought may take another plan's place
 */
export function grantPurchase(
  calendar: BusinessCalendar,
  chargeDate: ChargeDate,
  current: CurrentSubscription | null,
  terms: PurchaseTerms,
  userId: string,
  now: Date,
): Grant {
  const bought = purchase(calendar, current, terms, now);
  const before = current?.subscription ?? null;
  const base = before
    ? extended(before, terms)
    : { ...NEW, id: uuid(), userId, paymentMethodId: terms.paymentMethodId ?? null, createdAt: now };
  const granted = { ...base, ...bought.columns };
  const renewal = renewalAfter(chargeDate, granted, before, terms.renews === true, now);
  const after = withStates({ ...granted, ...renewal });
  return grantOf({ before, after }, bought, terms.orderId, now);
}

/** Time that is not paid for yet, up to where the first paid period will begin. */
export function grantTrial(
  chargeDate: ChargeDate,
  plan: Terms & { paymentMethodId: string; endsAt: Date },
  userId: string,
  now: Date,
): Grant {
  const { planId, months, price, paymentMethodId, endsAt } = plan;
  const columns = {
    planId,
    switchAt: null,
    switchPlanId: null,
    ...agreementOf({ planId, price, months }, null),
    anchorAt: endsAt,
    anchorMonths: 0,
    startDate: now,
    endDate: endsAt,
  };
  const trial = { isTrial: true, needsConsent: true, nextChargeAt: chargeDate.of(endsAt) };
  const after = withStates({ ...NEW, id: uuid(), userId, paymentMethodId, createdAt: now, ...columns, ...trial });
  const period = { planId, months, startsAt: now, endsAt, price: 0, listPrice: price };
  const begun: Purchase = { kind: 'activated', columns, period, agreedBefore: null, ended: [], leftOver: 0 };
  return grantOf({ before: null, after }, begun, null, now);
}

/** What every subscription begins with. */
const NEW = {
  isActive: true,
  isTrial: false,
  needsConsent: false,
  cancelAtPeriodEnd: false,
  version: 1,
  nextChargeAt: null,
  renewalOrderId: null,
  renewalHeldAt: null,
  renewalHeldReason: null,
  pastDueSince: null,
  graceUntil: null,
  announcedFor: null,
  announcedAmount: null,
};

/** The subscription that goes on, but for what was bought. */
function extended(before: Subscription, { orderId, paymentMethodId = null, renews }: PurchaseTerms): Subscription {
  return {
    ...before,
    // The card that was charged may have been replaced or taken off file meanwhile.
    paymentMethodId: renews ? before.paymentMethodId : (paymentMethodId ?? before.paymentMethodId),
    // Buying more undoes a cancellation, but never causes charges that the buyer has stopped.
    cancelAtPeriodEnd: (renews || before.paymentMethodId !== null) && before.cancelAtPeriodEnd,
    // A charge that is under way for another order goes on.
    renewalOrderId: before.renewalOrderId === orderId ? null : before.renewalOrderId,
    version: before.version + 1,
  };
}

type Renewal = Pick<
  Subscription,
  'nextChargeAt' | 'renewalHeldAt' | 'renewalHeldReason' | 'pastDueSince' | 'graceUntil' | 'isTrial' | 'needsConsent'
>;

/**
 * What becomes of the renewal when time was granted: nothing is owed, and the next charge follows the new end.
 *
 * Where a charge leads to an end whose own charge is due as well (the instance was away for longer than a period), the
 * next one waits for an operator: no card is charged for two periods at once. A purchase in the payment window, or a
 * change of plan after the charge hour, puts nothing on hold. A hold for another reason stays until an operator
 * releases it.
 *
 * @param renews the card was charged for it
 */
export function renewalAfter(
  chargeDate: ChargeDate,
  after: Pick<Subscription, 'paymentMethodId' | 'cancelAtPeriodEnd' | 'endDate'>,
  before: Subscription | null,
  renews: boolean,
  now: Date,
): Renewal {
  const { paymentMethodId, cancelAtPeriodEnd, endDate } = after;
  const nextChargeAt = paymentMethodId !== null && !cancelAtPeriodEnd ? chargeDate.of(endDate) : null;
  const isDue = nextChargeAt !== null && nextChargeAt <= now;
  const severalDue = isDue && (renews || endDate <= now || before?.renewalHeldReason === 'SEVERAL_DUE');
  const stays = before?.renewalHeldAt != null && before.renewalHeldReason !== 'SEVERAL_DUE';
  const hold = stays
    ? { renewalHeldAt: before.renewalHeldAt, renewalHeldReason: before.renewalHeldReason }
    : { renewalHeldAt: severalDue ? now : null, renewalHeldReason: severalDue ? 'SEVERAL_DUE' : null };
  // A change of plan in the middle of a trial leaves its end, and the trial, as they are.
  const isTrial = before !== null && before.isTrial && before.endDate.getTime() === endDate.getTime();
  // A month that is bought in the payment window agrees to that month, not to what follows it.
  const needsConsent = before !== null && before.needsConsent && !renews;
  return { nextChargeAt, ...hold, pastDueSince: null, graceUntil: null, isTrial, needsConsent };
}

function grantOf(subscription: Grant['subscription'], bought: Purchase, orderId: string | null, now: Date): Grant {
  const { kind, period: granted, agreedBefore, ended, leftOver } = bought;
  const period = {
    id: uuid(),
    subscriptionId: subscription.after.id,
    orderId,
    ...granted,
    agreedBefore: agreedBefore as Prisma.JsonObject | null,
    credited: 0,
    voidedAt: null,
    endedById: null,
    originalEndsAt: null,
    createdAt: now,
  };
  // What had begun ends now; what had not begun is voided. A refund of the change can undo it.
  const endedPeriods = ended.map(({ period: old, hasBegun, credited }) => ({
    ...old,
    credited,
    endedById: period.id,
    originalEndsAt: old.endsAt,
    ...(hasBegun ? { endsAt: now } : { voidedAt: now }),
  }));
  const { planId, startsAt, endsAt, price } = granted;
  const credit = ended.reduce((total, { credited }) => total + credited, 0);
  const data = { planId, startsAt, endsAt, price, ...(kind === 'changed' && { credit, leftOver }) };
  return { subscription, period, endedPeriods, balanceEntry: leftOver, event: { type: `subscription.${kind}`, data } };
}
