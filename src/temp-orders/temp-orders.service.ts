import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { inBatches } from '../platform/database/batches.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { CustomersService } from '../customers/index.ts';
import { type Plan, Prisma, PrismaService, sql, type TempOrder, type Tx } from '../platform/database/index.ts';
import { PlansService } from '../catalog/index.ts';
import { PlanQuotes } from '../subscriptions/index.ts';

/** What an event takes, in won (100 is also Toss's least by card: BELOW_MINIMUM_AMOUNT). */
const EVENT_AMOUNT = { least: 100, most: 10_000_000 };
/** A buyer with more of them is a machine. */
const MAX_OPEN_ORDERS = 20;
/** For so long a buyer who comes too late is told that the order ran out, rather than that it never was. */
const REMEMBERED_AFTER_EXPIRY_MS = 7 * 24 * 3_600_000;

export type TempOrderWithCustomer = TempOrder & { customerKey: string };

@Injectable()
export class TempOrdersService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly customers: CustomersService,
    private readonly plans: PlansService,
    private readonly quotes: PlanQuotes,
    private readonly time: BusinessCalendar,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Fixes what the buyer is about to pay. The amount is the plan's; the buyer names it only where the plan has none.
   *
   * Somebody who holds a cheaper plan is asked for the difference.
   *
   * @throws Problem PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, DOWNGRADE_AT_PERIOD_END, NOTHING_TO_PAY, TOO_MANY_OPEN_ORDERS,
   * VALIDATION_FAILED (an amount that may not be, or must be, named)
   */
  async create(userId: string, order: { planId: number; amount?: number | undefined }): Promise<TempOrderWithCustomer> {
    const plan = await this.plans.get(order.planId);
    if (!plan.isActive) throw new Problem('PLAN_NOT_FOR_SALE');
    const createdAt = this.clock.now();
    return this.prisma.atomically(async (tx) => {
      // What is quoted is reserved: of any number of orders at once, each sees what those before it have left of the balance.
      const { customerKey } = await this.customers.lock(tx, userId);
      if ((await this.open(tx, userId, createdAt)) >= MAX_OPEN_ORDERS) throw new Problem('TOO_MANY_OPEN_ORDERS');
      const isNamed = plan.type === 'EVENT' || order.amount !== undefined;
      const { change, ...quote } = isNamed
        ? { amount: amountOf(plan, order.amount), balanceUsed: 0, change: null }
        : await this.quotes.quoteOrder(userId, plan, createdAt, tx);
      const ttl = new Date(createdAt.getTime() + this.settings.tempOrderTtlMinutes * 60_000);
      // A proration counts days: it is right until midnight.
      const midnight = this.time.endOfDay(createdAt);
      const tempOrder = await tx.tempOrder.create({
        data: {
          // 122 random bits, and within Toss's rules for an orderId (6 to 64 of A-Z a-z 0-9 - _).
          orderId: uuid(),
          userId,
          planId: plan.id,
          orderName: plan.name,
          ...quote,
          change: (change as Prisma.InputJsonValue | null) ?? Prisma.DbNull,
          currency: plan.currency,
          durationMonths: plan.durationMonths,
          createdAt,
          expiresAt: change && midnight < ttl ? midnight : ttl,
        },
      });
      return { ...tempOrder, customerKey };
    });
  }

  /** How many orders of a buyer have not expired. One that is paid is no longer a temp order. */
  private open(tx: Tx, userId: string, now: Date): Promise<number> {
    return tx.tempOrder.count({ where: { userId, expiresAt: { gt: now } } });
  }

  /** @throws Problem ORDER_NOT_FOUND, also for somebody else's; ORDER_EXPIRED */
  async get(userId: string, orderId: string): Promise<TempOrderWithCustomer> {
    const tempOrder = await this.prisma.tempOrder.findFirst({ where: { orderId, userId } });
    if (!tempOrder) throw new Problem('ORDER_NOT_FOUND');
    if (tempOrder.expiresAt <= this.clock.now()) throw new Problem('ORDER_EXPIRED');
    return { ...tempOrder, customerKey: await this.customers.keyOf(userId) };
  }

  /**
   * The buyer changed their mind. An order whose payment is under way, or may be, stays.
   *
   * @throws Problem ORDER_NOT_FOUND, PAYMENT_IN_PROGRESS
   */
  async discard(userId: string, orderId: string): Promise<void> {
    const discarded = await this.prisma.$executeRaw(sql`
      DELETE FROM temp_order WHERE order_id = ${orderId} AND user_id = ${userId}
        AND NOT EXISTS (SELECT FROM payment WHERE payment.order_id = temp_order.order_id AND payment.status = 'PENDING')`);
    if (discarded === 1) return;
    const stays = await this.prisma.tempOrder.count({ where: { orderId, userId } });
    throw new Problem(stays > 0 ? 'PAYMENT_IN_PROGRESS' : 'ORDER_NOT_FOUND');
  }

  /** Deletes what ran out long ago and is not being paid. @returns how many */
  async purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - REMEMBERED_AFTER_EXPIRY_MS);
    return inBatches((limit) =>
      this.prisma.$executeRaw(sql`
        DELETE FROM temp_order WHERE order_id = ANY(ARRAY(
          SELECT order_id FROM temp_order WHERE expires_at < ${before}::timestamptz
            AND NOT EXISTS (SELECT FROM payment WHERE payment.order_id = temp_order.order_id
              AND payment.status = 'PENDING')
          ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED))`),
    );
  }

  /** When {@link purge} next finds something to do; null for nothing. */
  async nextPurge(): Promise<Date | null> {
    const { _min } = await this.prisma.tempOrder.aggregate({ _min: { expiresAt: true } });
    return _min.expiresAt && new Date(_min.expiresAt.getTime() + REMEMBERED_AFTER_EXPIRY_MS);
  }
}

function amountOf(plan: Plan, named: number | undefined): number {
  const { least, most } = EVENT_AMOUNT;
  const refuse = (message: string) => new Problem('VALIDATION_FAILED', { errors: [{ path: 'amount', message }] });
  if (plan.price !== null) {
    if (named !== undefined) throw refuse('this plan has a price of its own');
    return plan.price;
  }
  if (named === undefined || named < least || named > most) throw refuse(`from ${least} to ${most} won`);
  return named;
}
