import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { type Plan, PrismaService, sql, type TempOrder } from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import { Balance, balanceEntry, isContention, SubscriptionGrants } from '../subscriptions/index.ts';
import { bought, isOutdated } from './paid-orders.ts';
import { paymentMessage } from './payment.message.ts';

const MAX_READS = 60;

/** What a free order is paid with, as a buyer would call it. */
const METHOD = '잔액';

/** Orders of 0 won, which the balance covers: granted without a provider. */
@Injectable()
export class FreeOrders {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly grants: SubscriptionGrants,
    private readonly balance: Balance,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Grants what was ordered and uses the balance up, in one statement. Of any number of requests at once one does it.
   *
   * @returns false where the order was completed, discarded or has expired meanwhile
   * @throws Problem ORDER_OUTDATED, PAYMENT_IN_PROGRESS (a card on file is being charged for the buyer's time)
   */
  async complete(order: TempOrder & { plan: Plan }): Promise<boolean> {
    const { orderId, userId } = order;
    for (let reads = 1; ; reads++) {
      const now = this.clock.now();
      const payment = paymentOf(order, now);
      const held = await this.grants.heldBy(userId, now);
      if (isOutdated({ payment }, held, now) || !(await this.balance.covers(order, now))) {
        if (await this.isOpen(orderId)) throw new Problem('ORDER_OUTDATED');
        // Another request completed it a moment ago.
        return false;
      }
      const { writes } = this.grants.grant(userId, bought(payment, 0), held, now);
      try {
        const written = await this.prisma.statement(sql`
          WITH buyer AS (
            SELECT user_id FROM customer WHERE user_id = ${userId} AND charging_order_id IS NULL FOR NO KEY UPDATE
          ), ordered AS (
            DELETE FROM temp_order USING buyer
            WHERE order_id = ${orderId} AND temp_order.user_id = buyer.user_id AND amount = 0 AND expires_at > ${now}::timestamptz
            RETURNING temp_order.*
          ), settled AS (
            INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, currency, duration_months, balance_used, change, status, method, approved_at, created_at)
            SELECT order_id, user_id, plan_id, order_name, 0, currency, duration_months, balance_used, change, 'SUCCESS', ${METHOD}, ${now}::timestamptz, ${now}::timestamptz
            FROM ordered
            ON CONFLICT (order_id) DO UPDATE SET status = 'SUCCESS', method = EXCLUDED.method, approved_at = EXCLUDED.approved_at, failure_code = NULL, failure_message = NULL
            RETURNING order_id
          ), ${writes},
          balance_used AS (${balanceEntry(userId, -order.balanceUsed, 'used', now)}),
          paid_told AS (${this.outbox.message(paymentMessage('payment.succeeded', payment), sql`settled`, now)})
          SELECT order_id FROM settled`);
        if (written.length === 0) await this.mustNotBeCharging(order);
        if (written.length > 0)
          this.log.log({ message: 'order paid from the balance', orderId, amount: order.balanceUsed });
        return written.length > 0;
      } catch (error) {
        if (!isContention(error)) throw error;
        if (reads === MAX_READS) throw new Problem('SUBSCRIPTION_CHANGED');
        await sleep(Math.random() * 5 * reads);
      }
    }
  }

  private async isOpen(orderId: string): Promise<boolean> {
    return (await this.prisma.tempOrder.count({ where: { orderId } })) > 0;
  }

  private async mustNotBeCharging({ orderId, userId }: TempOrder): Promise<void> {
    const isCharging = (await this.prisma.customer.count({ where: { userId, chargingOrderId: { not: null } } })) > 0;
    if (isCharging && (await this.isOpen(orderId))) throw new Problem('PAYMENT_IN_PROGRESS');
  }
}

/** The payment that a free order becomes. */
function paymentOf(order: TempOrder, now: Date) {
  const { orderId, userId, planId, orderName, currency, durationMonths, balanceUsed, change } = order;
  const bought = {
    orderId,
    userId,
    planId,
    orderName,
    currency,
    durationMonths,
    balanceUsed,
    change,
    paymentMethodId: null,
    subscriptionId: null,
    dueAt: null,
  };
  const paid = {
    amount: 0,
    refundedAmount: 0,
    status: 'SUCCESS' as const,
    method: METHOD,
    approvedAt: now,
    failureCode: null,
    failureMessage: null,
    createdAt: now,
  };
  return { ...bought, ...paid };
}
