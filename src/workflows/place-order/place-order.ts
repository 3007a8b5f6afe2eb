import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { v4 as uuid } from 'uuid';
import { type Plan, PlansService } from '../../catalog/index.ts';
import { checkoutConfig } from '../../config-namespaces.ts';
import { CustomersService } from '../../customers/index.ts';
import { DraftRepository } from '../../invoices/index.ts';
import { type Prisma, PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import { MIN_CHARGE, type Price } from '../../pricing/index.ts';
import { PlanQuotes } from '../../subscriptions/index.ts';
import type { TempOrder } from '../../temp-orders/index.ts';

/** The most that an event takes at once, in won. */
const MAX_CONTRIBUTION = 10_000_000;
/** A buyer with more of them is a machine. */
const MAX_OPEN_ORDERS = 20;

/** What a buyer orders. */
export interface WantedOrder {
  planId: number;
  /** In won; only for a plan without a price. */
  amount?: number | undefined;
}

/** Quotes an order and reserves what it uses of the balance. */
@Injectable()
export class PlaceOrder {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly customers: CustomersService,
    private readonly plans: PlansService,
    private readonly quotes: PlanQuotes,
    private readonly drafts: DraftRepository,
    @Inject(checkoutConfig.KEY) private readonly config: ConfigType<typeof checkoutConfig>,
  ) {}

  /**
   * Fixes what the buyer is about to pay. The amount is the plan's; the buyer names it only where the plan has none. A
   * buyer who has a cheaper plan pays the difference.
   *
   * @throws Problem PLAN_NOT_FOUND, PLAN_NOT_FOR_SALE, DOWNGRADE_AT_PERIOD_END, NOTHING_TO_PAY, TOO_MANY_OPEN_ORDERS,
   * VALIDATION_FAILED (an amount that may not be, or must be, named)
   */
  async place(userId: string, wanted: WantedOrder): Promise<TempOrder> {
    const plan = await this.plans.get(wanted.planId);
    if (!plan.isActive) throw new Problem('PLAN_NOT_FOR_SALE');
    const createdAt = this.clock.now();
    return this.prisma.atomically(async (tx) => {
      // What is quoted is reserved: of any number of orders at once, each sees what those before it left of the
      // balance.
      const { customerKey } = await this.customers.lock(tx, userId);
      const open = await this.drafts.countOpen(tx, userId, createdAt);
      if (open >= MAX_OPEN_ORDERS) throw new Problem('TOO_MANY_OPEN_ORDERS');
      const isNamed = plan.type === 'EVENT' || wanted.amount !== undefined;
      const { change, lines, amount, balanceUsed } = isNamed
        ? { ...contribution(amountOf(plan, wanted.amount)), change: null }
        : await this.quotes.quoteOrder(userId, plan, createdAt, tx);
      const { id: planId, priceId, name: orderName, currency, durationMonths } = plan;
      // 122 random bits, and within Toss's rules for an orderId (6 to 64 of A-Z a-z 0-9 - _).
      const orderId = uuid();
      const draft = {
        ...{ orderId, userId, planId, priceId, orderName, currency, amount, durationMonths, balanceUsed, createdAt },
        change: change as Prisma.JsonValue,
        expiresAt: this.expiryOf(createdAt, change !== null),
      };
      return { ...(await this.drafts.create(tx, draft, lines)), customerKey };
    });
  }

  /** A proration counts days: it is right until midnight. */
  private expiryOf(createdAt: Date, isProrated: boolean): Date {
    const expiry = new Date(createdAt.getTime() + this.config.tempOrderTtlMinutes * 60_000);
    const midnight = this.calendar.endOfDay(createdAt);
    return isProrated && midnight < expiry ? midnight : expiry;
  }
}

/** What an event gathers, or an event's own price. */
function contribution(amount: number): Price {
  return { lines: [{ kind: 'CONTRIBUTION', amount, period: null }], amount, balanceUsed: 0 };
}

function amountOf(plan: Plan, named: number | undefined): number {
  if (plan.price !== null) {
    if (named !== undefined) throw refused('this plan has a price of its own');
    return plan.price;
  }
  if (named === undefined || named < MIN_CHARGE || named > MAX_CONTRIBUTION)
    throw refused(`from ${MIN_CHARGE} to ${MAX_CONTRIBUTION} won`);
  return named;
}

function refused(message: string): Problem {
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'amount', message }] });
}
