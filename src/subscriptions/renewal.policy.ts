import type { NextCharge } from '../pricing/index.ts';

/** A consent is good for so many days (E-commerce Act of Korea, Article 13, paragraph 6). */
export const CONSENT_DAYS = 30;

/** What a charge buys and takes, without its reasons. */
type ChargeFacts = Pick<NextCharge, 'planId' | 'months' | 'price' | 'balanceUsed' | 'amount'>;

/** An order that was to renew the same period before. */
export interface EarlierOrder extends Omit<ChargeFacts, 'price'> {
  orderId: string;
  /** Its outcome is not known yet, or it is paid. */
  isOpen: boolean;
  /** The order id is used up: it is not requested again. */
  isEnded: boolean;
}

/** What a renewal that is due is decided by, read under a lock of the buyer. */
export interface RenewalFacts {
  charge: ChargeFacts;
  /** It began as a trial, and the buyer has not agreed to be charged since. */
  needsConsent: boolean;
  /** The buyer was declined for this period before, and knows what will be charged. */
  isPastDue: boolean;
  consentId: string | null;
  /** The amount that was announced to the buyer for this period. null: none */
  announcedAmount: number | null;
  /** Another payment of the buyer for time is under way. */
  isPayingOtherwise: boolean;
  /** A period of it was charged today, later than it was due. */
  isChargedToday: boolean;
  /** Newest first. */
  earlier: EarlierOrder[];
}

export type RenewalDecision =
  /** @param orderId the order to request again; null: a new one */
  | { kind: 'charge'; orderId: string | null }
  /** The balance covers it: the period is granted, and no card is charged. */
  | { kind: 'grant' }
  /** The card is not charged without the buyer's consent: the subscription ends with its period. */
  | { kind: 'no_consent' }
  /** The charge is announced first, and made another day. */
  | { kind: 'announce' }
  /** The buyer is paying otherwise: it waits. */
  | { kind: 'postpone' }
  /** An order of this period is open, or paid. */
  | { kind: 'already_renewed' };

/** What a renewal that is due leads to. Pure. */
export function decideRenewal(facts: RenewalFacts): RenewalDecision {
  const { charge, needsConsent, isPastDue, consentId, announcedAmount, isPayingOtherwise, isChargedToday, earlier } =
    facts;
  if (earlier.some(({ isOpen }) => isOpen)) return { kind: 'already_renewed' };
  if (isPayingOtherwise) return { kind: 'postpone' };
  if (needsConsent && consentId === null) return { kind: 'no_consent' };
  if (charge.amount === 0) return { kind: 'grant' };
  if (isChargedToday) return { kind: 'announce' };
  const [latest] = earlier;
  const isMore = announcedAmount === null || announcedAmount < charge.amount;
  if (isMore && (!isPastDue || (latest !== undefined && isDearer(latest, charge)))) return { kind: 'announce' };
  return { kind: 'charge', orderId: latest && !latest.isEnded && isSame(latest, charge) ? latest.orderId : null };
}

/**
 * The same purchase, but less of it is paid from the balance: the buyer chose another plan themselves, and not this.
 */
function isDearer(order: EarlierOrder, charge: ChargeFacts): boolean {
  return (
    order.planId === charge.planId && order.amount + order.balanceUsed === charge.price && order.amount < charge.amount
  );
}

function isSame(order: EarlierOrder, charge: ChargeFacts): boolean {
  const { planId, months, amount, balanceUsed } = charge;
  return (
    order.planId === planId && order.months === months && order.amount === amount && order.balanceUsed === balanceUsed
  );
}
