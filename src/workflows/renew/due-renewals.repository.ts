import { Injectable } from '@nestjs/common';
import { PrismaService, statement, type Subscription, t, type Tx } from '../../platform/database/index.ts';
import type { NextCharge } from '../../pricing/index.ts';
import { type EarlierOrder, isAnnounced, type RenewalFacts, RenewalRepository } from '../../subscriptions/index.ts';
import { isOrderEnded } from './ended-orders.ts';

/**
 * By a statement of its own, so that whatever is read after it was committed before the locks were granted. Renewals
 * that another instance has locked are passed by.
 */
const LOCK_DUE = statement('renewal.lock_due', {
  params: { now: t.instant, limit: t.int },
  row: { id: t.uuid },
  sql: `
    SELECT due.id FROM subscription due JOIN customer ON customer.user_id = due.user_id
    WHERE due.next_charge_at <= :now::timestamptz AND due.renewal_held_at IS NULL AND due.is_active
      AND NOT due.cancel_at_period_end AND due.renewal_order_id IS NULL AND customer.charging_order_id IS NULL
      AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)
    ORDER BY due.next_charge_at LIMIT :limit::int FOR NO KEY UPDATE OF due, customer SKIP LOCKED`,
});

const LOCK_ONE = statement('renewal.lock_one', {
  params: { now: t.instant, id: t.uuid },
  row: { id: t.uuid },
  sql: `
    SELECT due.id FROM subscription due JOIN customer ON customer.user_id = due.user_id
    WHERE due.id = :id::uuid AND due.next_charge_at <= :now::timestamptz AND due.renewal_held_at IS NULL
      AND due.is_active AND NOT due.cancel_at_period_end AND due.renewal_order_id IS NULL
      AND customer.charging_order_id IS NULL
      AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)
    FOR NO KEY UPDATE OF due, customer SKIP LOCKED`,
});

/** What a renewal is decided by, besides the subscription and its next charge. */
const FACTS = statement('renewal.facts', {
  params: { ids: t.list(t.uuid), midnight: t.instant, nextMidnight: t.instant },
  row: {
    id: t.uuid,
    planName: t.text,
    currency: t.text,
    isPayingOtherwise: t.bool,
    isChargedToday: t.bool,
    earlier: t.json<EarlierPayment[]>(),
  },
  sql: `
    SELECT due.id, plan.name AS plan_name, price.currency,
      EXISTS (SELECT FROM payment other JOIN invoice ordered USING (order_id)
        WHERE other.user_id = due.user_id AND other.status = 'PENDING' AND ordered.duration_months IS NOT NULL
          AND other.stopped_at IS NULL) AS is_paying_otherwise,
      EXISTS (SELECT FROM invoice renewed
        JOIN payment_attempt made ON made.order_id = renewed.order_id AND made.outcome = 'APPROVED'
        WHERE renewed.subscription_id = due.id AND renewed.status = 'PAID'
          AND made.answered_at >= :midnight::timestamptz AND made.answered_at < :nextMidnight::timestamptz
      ) AS is_charged_today,
      (SELECT COALESCE(jsonb_agg(jsonb_build_object('orderId', order_id, 'planId', plan_id, 'months', duration_months,
          'balanceUsed', balance_used, 'amount', invoice.amount, 'status', payment.status, 'failureCode', failure_code)
          ORDER BY payment.created_at DESC), '[]')
        FROM invoice JOIN payment USING (order_id)
        WHERE subscription_id = due.id AND due_at = due.end_date AND payment.status <> 'REFUNDED') AS earlier
    FROM subscription due
    JOIN plan ON plan.id = COALESCE(due.next_plan_id, due.agreed_plan_id) JOIN price ON price.id = plan.price_id
    WHERE due.id = ANY(:ids::uuid[])`,
});

/** A payment that was to renew the same period before. */
type EarlierPayment = Omit<EarlierOrder, 'isOpen' | 'isEnded'> & { status: string; failureCode: string | null };

/** A renewal that is due, with all that it is decided by. */
export interface DueRenewal extends RenewalFacts {
  subscription: Subscription;
  charge: NextCharge;
  planName: string;
  currency: string;
}

/** Which renewals are due, locked for the caller's transaction. */
@Injectable()
export class DueRenewals {
  constructor(
    private readonly prisma: PrismaService,
    private readonly renewals: RenewalRepository,
  ) {}

  /**
   * Those that have been due for longest, with their buyers; past those that other instances have locked. @returns ids
   */
  async lock(tx: Tx, now: Date, limit: number): Promise<string[]> {
    return (await this.prisma.run(LOCK_DUE, { now, limit }, tx)).map(({ id }) => id);
  }

  async lockOne(tx: Tx, now: Date, id: string): Promise<string[]> {
    return (await this.prisma.run(LOCK_ONE, { now, id }, tx)).map((row) => row.id);
  }

  /** What they are decided by, in the order in which they fell due. */
  async facts(tx: Tx, ids: readonly string[], day: { midnight: Date; nextMidnight: Date }): Promise<DueRenewal[]> {
    if (ids.length === 0) return [];
    const rows = await this.prisma.run(FACTS, { ids, ...day }, tx);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const renewals = await this.renewals.byId(ids, tx);
    return renewals.map(({ subscription, charge, consentId }) => {
      const { earlier, ...facts } = byId.get(subscription.id)!;
      const { needsConsent, pastDueSince, announcedAmount } = subscription;
      return {
        ...facts,
        ...{ subscription, charge, consentId, needsConsent },
        isPastDue: pastDueSince !== null,
        announcedAmount: isAnnounced(subscription) ? announcedAmount : null,
        earlier: earlier.map(earlierOrder),
      };
    });
  }
}

function earlierOrder({ status, failureCode, ...order }: EarlierPayment): EarlierOrder {
  return { ...order, isOpen: status !== 'FAILED', isEnded: isOrderEnded(failureCode) };
}
