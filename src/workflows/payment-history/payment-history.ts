import { Injectable } from '@nestjs/common';
import { PlansService } from '../../catalog/index.ts';
import { Problem } from '../../platform/problem.ts';
import {
  type PaymentVoid,
  type PaymentAttempt,
  PrismaService,
  type SubscriptionPeriod,
  type TempOrder,
} from '../../platform/database/index.ts';
import { type PaymentWithPlan, withRefunds } from '../../payments/index.ts';

export interface History {
  payment: PaymentWithPlan | null;
  /** null: paid, withdrawn or purged */
  tempOrder: TempOrder | null;
  attempts: PaymentAttempt[];
  period: SubscriptionPeriod | null;
  netCancels: PaymentVoid[];
}

/** The newest of so many are shown: a charge that our keys cannot make is tried every hour. */
const MAX_ROWS = 100;

/** Everything that is recorded about one order, for an operator who has to explain it. */
@Injectable()
export class PaymentHistory {
  constructor(
    private readonly prisma: PrismaService,
    private readonly plans: PlansService,
  ) {}

  /** @throws Problem PAYMENT_NOT_FOUND if neither a payment nor a temp order has this id */
  async of(orderId: string): Promise<History> {
    const [found, tempOrder] = await Promise.all([
      this.prisma.payment.findUnique({
        where: { orderId },
        include: {
          ...withRefunds,
          attempts: { orderBy: { number: 'desc' }, take: MAX_ROWS },
          period: true,
          voids: { orderBy: { createdAt: 'desc' }, take: MAX_ROWS },
        },
      }),
      this.prisma.tempOrder.findUnique({ where: { orderId } }),
    ]);
    if (!found && !tempOrder) throw new Problem('PAYMENT_NOT_FOUND');
    if (!found) return { payment: null, tempOrder, attempts: [], period: null, netCancels: [] };
    const { attempts, period, voids, ...paid } = found;
    const payment = { ...paid, plan: await this.plans.get(paid.planId) };
    return { payment, tempOrder, attempts: attempts.toReversed(), period, netCancels: voids.toReversed() };
  }
}
