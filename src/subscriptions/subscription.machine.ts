import type { RenewalState, Subscription } from '../platform/database/index.ts';
import { agreedTerms, agreementOf, type Terms } from './agreement.ts';
import { type DunningDecision, graceFrom } from './dunning.policy.ts';
import { withStates } from './subscription.status.ts';

/**
 * What happens to a subscription. Granting and revoking time have files of their own (grant.ts, revoke.ts). Expiring
 * and switching plans are set-based: period-ends.service.ts and period-end.statements.ts.
 */
export type Transition =
  | 'cancel'
  | 'resume'
  | 'schedule_change'
  | 'replace_card'
  | 'remove_card'
  | 'plan_charge'
  | 'begin_charge'
  | 'end_charge'
  | 'hold'
  | 'release';

const ALWAYS = ['cancel', 'resume', 'replace_card', 'remove_card'] as const;

/** What may happen to a live subscription while its renewal is in a state. */
const PERMITTED = {
  NONE: [...ALWAYS, 'schedule_change', 'plan_charge'],
  SCHEDULED: [...ALWAYS, 'schedule_change', 'plan_charge', 'begin_charge', 'hold'],
  // A charge under way is for what was agreed when it began; its outcome plans the next one.
  CHARGING: [...ALWAYS, 'end_charge', 'release'],
  ON_HOLD: [...ALWAYS, 'schedule_change', 'plan_charge', 'release'],
} satisfies Record<RenewalState, readonly Transition[]>;

/** What has ended stays as it ended, but its card may be taken off file. */
const PERMITTED_AFTER_THE_END: readonly Transition[] = ['remove_card'];

/** Whether something may happen to a subscription as it is. */
export function permits({ isActive, renewalState }: Subscription, transition: Transition): boolean {
  const permitted: readonly Transition[] = isActive ? PERMITTED[renewalState] : PERMITTED_AFTER_THE_END;
  return permitted.includes(transition);
}

function apply(before: Subscription, transition: Transition, change: Partial<Subscription>): Subscription {
  const { id, status, renewalState, version } = before;
  if (!permits(before, transition))
    throw new Error(`no ${transition} of a subscription that is ${status}, its renewal ${renewalState}: ${id}`);
  return withStates({ ...before, ...change, version: version + 1 });
}

/** It ends with its period. A charge under way is stopped by the caller. */
export function canceled(before: Subscription): Subscription {
  return apply(before, 'cancel', { cancelAtPeriodEnd: true, nextChargeAt: null });
}

/** Whether a resume changes anything: a renewal that was given up, or refunded, is planned again too. */
export function isResumable(before: Subscription): boolean {
  if (before.cancelAtPeriodEnd) return true;
  const { paymentMethodId, nextChargeAt, renewalOrderId, pastDueSince } = before;
  return paymentMethodId !== null && nextChargeAt === null && renewalOrderId === null && pastDueSince === null;
}

/**
 * It renews again. What is past due is charged at once; the outcome of a charge under way plans the next one itself.
 *
 * @param plan.chargeAt when a card is charged for the period that follows
 * @param plan.announcedFor when the charge was announced, which is not earlier for a resume.
 * null: not announced
 */
export function resumed(
  before: Subscription,
  { chargeAt, announcedFor }: { chargeAt: Date; announcedFor: Date | null },
  now: Date,
): Subscription {
  const { paymentMethodId, renewalOrderId, pastDueSince } = before;
  const planned = pastDueSince === null ? latest(chargeAt, isAnnounced(before) ? announcedFor : null) : now;
  const renews = paymentMethodId !== null && renewalOrderId === null;
  return apply(before, 'resume', { cancelAtPeriodEnd: false, nextChargeAt: renews ? planned : null });
}

/** @param next what the next charge buys instead of what was agreed; null: as agreed */
export function changeScheduled(before: Subscription, next: Terms | null): Subscription {
  const { nextPlanId, nextPrice, nextMonths } = agreementOf(agreedTerms(before), next);
  return apply(before, 'schedule_change', { nextPlanId, nextPrice, nextMonths });
}

/** It renews from another card, where it renews at all; what is past due is charged at once. */
export function cardReplaced(before: Subscription, paymentMethodId: string, now: Date): Subscription {
  const { pastDueSince, renewalOrderId, cancelAtPeriodEnd, nextChargeAt } = before;
  const isChargedNow = pastDueSince !== null && renewalOrderId === null && !cancelAtPeriodEnd;
  return apply(before, 'replace_card', { paymentMethodId, nextChargeAt: isChargedNow ? now : nextChargeAt });
}

/** The buyer chose the card: one that did not renew itself does so from now on. */
export function cardChosen(before: Subscription, paymentMethodId: string, chargeAt: Date, now: Date): Subscription {
  const after = cardReplaced(before, paymentMethodId, now);
  const isPlanned = !before.cancelAtPeriodEnd && before.renewalOrderId === null;
  return withStates({ ...after, nextChargeAt: isPlanned ? (after.nextChargeAt ?? chargeAt) : null });
}

/** Without a card nothing is charged: it ends with its period, or its grace. */
export function cardRemoved(before: Subscription): Subscription {
  const { graceUntil, pastDueSince } = before;
  return apply(before, 'remove_card', {
    paymentMethodId: null,
    nextChargeAt: null,
    graceUntil: graceUntil ?? (pastDueSince && graceFrom(pastDueSince)),
  });
}

/** The charge is planned for another time. null: it is given up, and the subscription ends with its period */
export function chargePlanned(before: Subscription, nextChargeAt: Date | null): Subscription {
  return apply(before, 'plan_charge', { nextChargeAt });
}

/** A renewal that was given up for want of the buyer's consent is planned again; any other stays as it is. */
export function consented(before: Subscription, chargeAt: Date, now: Date): Subscription {
  const { isActive, paymentMethodId, cancelAtPeriodEnd, nextChargeAt, renewalOrderId, graceUntil } = before;
  const isGivenUp = nextChargeAt === null && renewalOrderId === null && graceUntil === null;
  if (!isActive || paymentMethodId === null || cancelAtPeriodEnd || !isGivenUp) return before;
  return chargePlanned(before, before.pastDueSince === null ? chargeAt : now);
}

/**
 * The amount that will be charged for the period that follows is announced to the buyer.
 *
 * @param nextChargeAt another time than was planned: an amount that was not announced is not charged before that
 */
export function announced(before: Subscription, amount: number, nextChargeAt = before.nextChargeAt): Subscription {
  const announced = { ...before, announcedFor: before.endDate, announcedAmount: amount };
  // The announcement alone decides nothing: what was quoted from the subscription stays valid.
  if (nextChargeAt === before.nextChargeAt) return announced;
  return withStates({ ...announced, nextChargeAt, version: before.version + 1 });
}

/** Whether the buyer was notified of the charge for the period that follows. */
export function isAnnounced({ announcedFor, endDate }: Subscription): boolean {
  return announcedFor?.getTime() === endDate.getTime();
}

/** The attempt to charge the card is committed before the provider is called. */
export function chargeBegun(before: Subscription, orderId: string): Subscription {
  return apply(before, 'begin_charge', { renewalOrderId: orderId, nextChargeAt: null });
}

/** A charge that was declined: what it was made with, and for. */
export interface DeclinedCharge {
  orderId: string;
  cardId: string;
  /** The end of the period that it would have followed. */
  dueAt: Date;
}

/**
 * The charge under way was declined. Another card may be on file by now, more time may have been bought, or the buyer
 * may have cancelled. A charge that is no longer the subscription's changes nothing.
 *
 * @param isDefect a defect of ours, by which the card cannot be charged: it waits for an operator
 */
export function declined(
  before: Subscription,
  decision: DunningDecision & { isDefect: boolean },
  { orderId, cardId, dueAt }: DeclinedCharge,
  now: Date,
): Subscription {
  if (before.renewalOrderId !== orderId) return before;
  const isDue = before.endDate.getTime() === dueAt.getTime();
  const isSameCard = before.paymentMethodId === cardId;
  const planned = isDue ? (isSameCard ? decision.nextChargeAt : now) : before.nextChargeAt;
  return apply(before, 'end_charge', {
    renewalOrderId: null,
    nextChargeAt: renewsItself(before) ? planned : null,
    pastDueSince: isDue ? decision.pastDueSince : before.pastDueSince,
    graceUntil: isDue && isSameCard ? decision.graceUntil : before.graceUntil,
    ...(decision.isDefect && { renewalHeldAt: now, renewalHeldReason: 'DEFECT' }),
  });
}

/**
 * The charge under way was for what the subscription no longer is: it no longer waits for it, and nothing is planned.
 */
export function detached(before: Subscription, orderId: string): Subscription {
  if (before.renewalOrderId !== orderId) return before;
  return apply(before, 'end_charge', { renewalOrderId: null });
}

/** The provider took another amount than was requested: an operator decides before the card is charged again. */
export function heldForMismatch(before: Subscription, orderId: string, now: Date): Subscription {
  if (before.renewalOrderId !== orderId) return before;
  return apply(before, 'end_charge', {
    renewalOrderId: null,
    nextChargeAt: renewsItself(before) ? now : null,
    renewalHeldAt: now,
    renewalHeldReason: 'MISMATCH',
  });
}

/** The renewal could not be decided about, for a defect of ours: it waits for an operator. */
export function heldForDefect(before: Subscription, now: Date): Subscription {
  return apply(before, 'hold', { renewalHeldAt: now, renewalHeldReason: 'DEFECT' });
}

/** An operator lets the renewal go on. */
export function released(before: Subscription): Subscription {
  return apply(before, 'release', { renewalHeldAt: null, renewalHeldReason: null });
}

/** Whether a card is charged for what follows. */
export function renewsItself({ isActive, paymentMethodId, cancelAtPeriodEnd }: Subscription): boolean {
  return isActive && paymentMethodId !== null && !cancelAtPeriodEnd;
}

function latest(at: Date, other: Date | null): Date {
  return other !== null && other > at ? other : at;
}
