import { Injectable } from '@nestjs/common';
import { PrismaService, statement, type Subscription, t, type Tx } from '../../platform/database/index.ts';
import { type EarlierOrder, nextChargeOf, type RenewalFacts } from '../../subscriptions/index.ts';
import { isOrderEnded } from './ended-orders.ts';

const lockParams = { now: t.instant, limit: t.int };

/**
 * By a statement of its own, so that whatever is read after it was committed before the locks were granted. Renewals that
 * another program has locked are passed by.
 */
const LOCK_DUE = statement('renewal.lock_due', {
  params: lockParams,
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

/** What a renewal is decided by, besides the subscription itself. */
const FACTS = statement('renewal.facts', {
  params: { ids: t.list(t.uuid), now: t.instant, midnight: t.instant, nextMidnight: t.instant, consentDays: t.int },
  row: {
    id: t.uuid,
    available: t.int,
    planName: t.text,
    currency: t.text,
    consentId: t.nullable(t.uuid),
    isPayingOtherwise: t.bool,
    isChargedToday: t.bool,
    earlier:
      t.json<
        {
          orderId: string;
          planId: number;
          months: number;
          balanceUsed: number;
          amount: number;
          status: string;
          failureCode: string | null;
        }[]
      >(),
  },
  sql: `
    SELECT due.id, available_balance(due.user_id, :now::timestamptz, '') AS available, plan.name AS plan_name,
      plan.currency,
      (SELECT consent.id FROM consent
        WHERE consent.subscription_id = due.id AND consent.plan_id = plan.id
          AND consent.price >= COALESCE(due.next_price, due.agreed_price)
          AND consent.given_at BETWEEN :now::timestamptz - make_interval(days => :consentDays::int)
            AND :now::timestamptz
        ORDER BY consent.given_at DESC LIMIT 1) AS consent_id,
      EXISTS (SELECT FROM payment other
        WHERE other.user_id = due.user_id AND other.status = 'PENDING' AND other.duration_months IS NOT NULL
          AND other.stopped_at IS NULL) AS is_paying_otherwise,
      EXISTS (SELECT FROM payment renewed
        JOIN payment_attempt made ON made.order_id = renewed.order_id AND made.outcome = 'APPROVED'
        WHERE renewed.subscription_id = due.id AND renewed.status IN ('SUCCESS', 'PARTIALLY_REFUNDED')
          AND made.answered_at >= :midnight::timestamptz AND made.answered_at < :nextMidnight::timestamptz
      ) AS is_charged_today,
      (SELECT COALESCE(jsonb_agg(jsonb_build_object('orderId', order_id, 'planId', plan_id, 'months', duration_months,
          'balanceUsed', balance_used, 'amount', amount, 'status', status, 'failureCode', failure_code)
          ORDER BY created_at DESC), '[]')
        FROM payment WHERE subscription_id = due.id AND due_at = due.end_date AND status <> 'REFUNDED') AS earlier
    FROM subscription due JOIN plan ON plan.id = COALESCE(due.next_plan_id, due.agreed_plan_id)
    WHERE due.id = ANY(:ids::uuid[])`,
});

const NEXT_DUE = statement('renewal.next_due', {
  params: {},
  row: { due: t.nullable(t.instant) },
  sql: `
    SELECT min(next_charge_at) AS due FROM subscription
    WHERE next_charge_at IS NOT NULL AND renewal_held_at IS NULL AND renewal_order_id IS NULL
      AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)`,
});

/** The law's: consent is good for so long (E-commerce Act of Korea, Article 13, paragraph 6). */
const CONSENT_DAYS = 30;

/** A renewal that is due, with all that it is decided by. */
export interface DueRenewal extends RenewalFacts {
  subscription: Subscription;
  planName: string;
  currency: string;
}

/** Which renewals are due, locked for the caller's transaction. */
@Injectable()
export class DueRenewals {
  constructor(private readonly prisma: PrismaService) {}

  /** Those that have been due for longest, with their buyers; past those that other programs have locked. @returns ids */
  async lock(tx: Tx, now: Date, limit: number): Promise<string[]> {
    return (await this.prisma.run(LOCK_DUE, { now, limit }, tx)).map(({ id }) => id);
  }

  async lockOne(tx: Tx, now: Date, id: string): Promise<string[]> {
    return (await this.prisma.run(LOCK_ONE, { now, id }, tx)).map((row) => row.id);
  }

  /** What they are decided by, in the order in which they fell due. */
  async facts(
    tx: Tx,
    ids: readonly string[],
    day: { now: Date; midnight: Date; nextMidnight: Date },
  ): Promise<DueRenewal[]> {
    if (ids.length === 0) return [];
    const where = { id: { in: [...ids] } };
    const subscriptions = await tx.subscription.findMany({ where, orderBy: { nextChargeAt: 'asc' } });
    const rows = await this.prisma.run(FACTS, { ids, ...day, consentDays: CONSENT_DAYS }, tx);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return subscriptions.map((subscription) => {
      const { available, earlier, ...rest } = byId.get(subscription.id)!;
      return { ...rest, subscription, ...ofSubscription(subscription, available), earlier: earlier.map(earlierOrder) };
    });
  }

  /** When the next one is due; null when none is, or renewals are paused. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.run(NEXT_DUE, {});
    return row!.due;
  }
}

function ofSubscription(subscription: Subscription, available: number) {
  const { needsConsent, pastDueSince, announcedFor, announcedAmount, endDate } = subscription;
  const isAnnounced = announcedFor?.getTime() === endDate.getTime();
  return {
    charge: nextChargeOf(subscription, available),
    needsConsent,
    isPastDue: pastDueSince !== null,
    announcedAmount: isAnnounced ? announcedAmount : null,
  };
}

function earlierOrder({
  status,
  failureCode,
  ...order
}: { orderId: string; status: string; failureCode: string | null } & Omit<
  EarlierOrder,
  'isOpen' | 'isEnded' | 'orderId'
>): EarlierOrder {
  return { ...order, isOpen: status !== 'FAILED', isEnded: isOrderEnded(failureCode) };
}
