import { type Payment, type Sql, sql, type Subscription } from '../platform/database/index.ts';
import type { Outcome } from '../providers/toss/index.ts';
import { type Asked, cut } from './payment.row.ts';

/** Why money that Toss took goes back at once. */
export const GIVEN_BACK = {
  PAYMENT_MISMATCH: '승인된 결제가 주문과 다릅니다.',
  ORDER_OUTDATED: '주문 이후 구독이 바뀌었습니다.',
  PAYMENT_STOPPED: '구매자가 결제를 취소했습니다.',
};

/** What became of a payment when an outcome was settled. */
export type Settled =
  | { kind: 'paid'; payment: Payment; subscription: Subscription | null }
  | { kind: 'waiting'; payment: Payment }
  /** The virtual account ran out before anybody paid into it. */
  | { kind: 'expired' }
  | { kind: 'declined'; code: string; message: string }
  /** What Toss took goes back. */
  | { kind: 'given_back'; code: keyof typeof GIVEN_BACK }
  | { kind: 'pending' }
  /** Somebody else settled it before us: read what they wrote. */
  | { kind: 'overtaken' };

export type Approved = Extract<Outcome, { kind: 'approved' }>;

/** What Toss said to this asking. An answer that is known is never made unknown again. */
export function answered(
  asked: Asked,
  outcome: 'APPROVED' | 'DECLINED' | 'REFUSED' | 'MISMATCHED' | 'UNKNOWN',
  error: { code: string; message: string } | null,
  now: Date,
  settled = sql`settled`,
): Sql {
  return sql`
    UPDATE payment_attempt
    SET payment_key = COALESCE(payment_attempt.payment_key, ${asked.paymentKey}), outcome = ${outcome}::"AttemptOutcome", code = ${error && cut(error.code, 100)}, message = ${error && cut(error.message, 600)}, answered_at = ${now}::timestamptz
    FROM ${settled}
    WHERE payment_attempt.order_id = settled.order_id AND number = ${asked.number} AND (outcome IS NULL OR outcome = 'UNKNOWN' OR ${outcome} = 'APPROVED')`;
}

/** Other payment keys of this order that may have taken money, or may yet: it goes back when it did. */
export function displaced(asked: Asked, now: Date): Sql[] {
  if (asked.payment.attemptCount === 1) return [];
  return [
    sql`
      displaced AS (
        INSERT INTO payment_void (id, order_id, payment_key, reason, next_try_at, created_at)
        SELECT DISTINCT ON (other.payment_key) gen_random_uuid(), other.order_id, other.payment_key, 'PAYMENT_SURPLUS', ${now}::timestamptz, ${now}::timestamptz
        FROM settled JOIN payment_attempt other ON other.order_id = settled.order_id
        WHERE other.payment_key <> ${asked.paymentKey} AND other.idempotency_key IS NOT NULL
          AND (other.outcome IS NULL OR other.outcome IN ('UNKNOWN', 'APPROVED'))
        ON CONFLICT (payment_key) DO NOTHING
      )`,
  ];
}

/** The outcome of a charge is known: other payments of the buyer no longer wait for it. */
export function noLongerCharging({ cardId }: Asked): Sql {
  if (cardId === null) return sql`no_longer_charging AS (SELECT)`;
  return sql`no_longer_charging AS (UPDATE customer SET charging_order_id = NULL FROM settled WHERE charging_order_id = settled.order_id)`;
}
