import { Injectable } from '@nestjs/common';
import { type Sql, sql } from '../db/index.ts';
import { Outbox } from '../outbox/index.ts';
import { cardVerdictOf, type ErrorClass, koreanReason, type TossError } from '../toss/index.ts';
import { afterDecline } from './dunning-rule.ts';

/** A renewal that Toss said no to. */
export interface DeclinedRenewal {
  orderId: string;
  userId: string;
  cardId: string;
  /** The end of the period that it would have followed. */
  dueAt: Date;
  planId: number;
  amount: number;
  /** When the card said no to this period for the first time. null: now */
  pastDueSince: Date | null;
  error: TossError;
  errorClass: ErrorClass;
}

/** What a card's no means for the subscription that it should have renewed. */
@Injectable()
export class Dunning {
  constructor(private readonly outbox: Outbox) {}

  /** Common table expressions, fed by a `settled (order_id)`. Where the subscription has moved on meanwhile, only the order's hold on it ends. */
  declined({ orderId, userId, cardId, dueAt, planId, amount, pastDueSince, error, errorClass }: DeclinedRenewal, now: Date): Sql {
    const verdict = cardVerdictOf(error.code, errorClass);
    const next = afterDecline(verdict, pastDueSince, now);
    const type = next.nextChargeAt === null ? 'subscription.card_needed' : 'subscription.past_due';
    const reason = error.message || koreanReason(error.code) || error.code;
    const data = { planId, amount, dueAt, code: error.code, reason, nextChargeAt: next.nextChargeAt, graceUntil: next.graceUntil };
    const toTell = sql`renewal WHERE ${verdict !== 'our_trouble'} AND end_date = ${dueAt}::timestamptz`;
    return sql`
      renewal AS (
        UPDATE subscription SET renewal_order_id = NULL, version = version + 1,
          next_charge_at = CASE
            WHEN NOT is_active OR billing_key_id IS NULL OR cancel_at_period_end THEN NULL
            WHEN end_date <> ${dueAt}::timestamptz THEN next_charge_at
            -- The buyer has put another card on file while this one was asked.
            WHEN billing_key_id <> ${cardId}::uuid THEN ${now}::timestamptz
            ELSE ${next.nextChargeAt}::timestamptz END,
          past_due_since = CASE WHEN end_date = ${dueAt}::timestamptz THEN ${next.pastDueSince}::timestamptz ELSE past_due_since END,
          grace_until = CASE WHEN end_date = ${dueAt}::timestamptz AND billing_key_id = ${cardId}::uuid THEN ${next.graceUntil}::timestamptz ELSE grace_until END
        FROM settled WHERE subscription.renewal_order_id = settled.order_id
        RETURNING id, end_date
      ), renewal_told AS (
        ${this.outbox.message({ type, userId, subscriptionId: sql`renewal.id`, orderId, data }, toTell, now)}
      )`;
  }
}
