import { Injectable } from '@nestjs/common';
import { type Sql, sql } from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import {
  cardVerdictOf,
  type ErrorClass,
  koreanReason,
  refusesOurKey,
  type TossError,
} from '../providers/toss/index.ts';
import { CARD_UNREADABLE } from './asking.ts';
import { afterDecline, type Verdict } from '../subscriptions/index.ts';

/** A renewal that was declined. */
export interface DeclinedRenewal {
  orderId: string;
  /** The number of the attempt under this order. */
  attempt: number;
  userId: string;
  cardId: string;
  /** The end of the period that it would have followed. */
  dueAt: Date;
  planId: number;
  amount: number;
  /** When the card was first declined for this period. null: now */
  pastDueSince: Date | null;
  error: TossError;
  errorClass: ErrorClass;
}

/** What a declined charge means for the subscription that it should have renewed. */
@Injectable()
export class Dunning {
  constructor(private readonly outbox: Outbox) {}

  /** Common table expressions, fed by a `settled (order_id)`. Where the subscription has moved on meanwhile, only the order's hold on it ends. */
  declined(
    { orderId, attempt, userId, cardId, dueAt, planId, amount, pastDueSince, error, errorClass }: DeclinedRenewal,
    now: Date,
  ): Sql {
    const verdict = verdictOf(error.code, errorClass, attempt);
    const next = afterDecline(verdict, { pastDueSince, dueAt }, now);
    const type = next.nextChargeAt === null ? 'subscription.card_needed' : 'subscription.past_due';
    const reason = error.message || koreanReason(error.code) || error.code;
    const data = {
      planId,
      amount,
      dueAt,
      code: error.code,
      reason,
      nextChargeAt: next.nextChargeAt,
      graceUntil: next.graceUntil,
    };
    const toTell = sql`renewal WHERE ${verdict === 'later' || verdict === 'another_card'} AND end_date = ${dueAt}::timestamptz`;
    const isDefect = error.code === CARD_UNREADABLE;
    return sql`
      renewal AS (
        UPDATE subscription SET renewal_order_id = NULL, version = version + 1,
          next_charge_at = CASE
            WHEN NOT is_active OR payment_method_id IS NULL OR cancel_at_period_end THEN NULL
            WHEN end_date <> ${dueAt}::timestamptz THEN next_charge_at
            -- Another card has been put on file while this one was charged.
            WHEN payment_method_id <> ${cardId}::uuid THEN ${now}::timestamptz
            ELSE ${next.nextChargeAt}::timestamptz END,
          past_due_since = CASE WHEN end_date = ${dueAt}::timestamptz THEN ${next.pastDueSince}::timestamptz ELSE past_due_since END,
          grace_until = CASE WHEN end_date = ${dueAt}::timestamptz AND payment_method_id = ${cardId}::uuid THEN ${next.graceUntil}::timestamptz ELSE grace_until END,
          renewal_held_at = CASE WHEN ${isDefect} THEN ${now}::timestamptz ELSE renewal_held_at END,
          renewal_held_reason = CASE WHEN ${isDefect} THEN 'DEFECT' ELSE renewal_held_reason END
        FROM settled WHERE subscription.renewal_order_id = settled.order_id
        RETURNING id, end_date
      ), renewal_told AS (
        ${this.outbox.message({ type, userId, subscriptionId: sql`renewal.id`, orderId, data }, toTell, now)}
      )`;
  }
}

/** What a declined renewal says, of the card or of the order that was used. */
function verdictOf(code: string, errorClass: ErrorClass, attempt: number): Verdict {
  if (code === 'PAYMENT_STOPPED') return 'stopped';
  if (code === RESOLVED_NOT_PAID) return 'another_order';
  // Of an order that was requested before, it says that the order is used up. Of a new one, something else is wrong.
  if (ORDER_USED_UP.has(code)) return attempt > 1 ? 'another_order' : 'our_trouble';
  return refusesOurKey(code) ? 'keys_refused' : cardVerdictOf(code, errorClass);
}

/** An operator's word: the provider did not take it. */
export const RESOLVED_NOT_PAID = 'RESOLVED_NOT_PAID';

/** The provider refuses an order id that was requested before, although it shows no money for it. */
const ORDER_USED_UP = new Set(['DUPLICATED_ORDER_ID', 'ALREADY_PROCESSED_PAYMENT']);

/** After these an order id is not requested again: the next attempt is made under another one. */
export const ENDS_ORDER = [
  ...ORDER_USED_UP,
  'PAYMENT_MISMATCH',
  'ORDER_OUTDATED',
  'PAYMENT_STOPPED',
  RESOLVED_NOT_PAID,
];
