import { Injectable } from '@nestjs/common';
import { Problem } from '../common/problem.ts';
import { type NetCancel, type PaymentAttempt, PrismaService, type SubscriptionPeriod, type TempOrder } from '../db/index.ts';
import { type PaymentWithPlan, withPlan } from './payment.row.ts';

export interface Story {
  payment: PaymentWithPlan | null;
  /** null: settled, withdrawn or purged */
  tempOrder: TempOrder | null;
  attempts: PaymentAttempt[];
  period: SubscriptionPeriod | null;
  netCancels: NetCancel[];
}

/** Everything that is written down about one order, for whoever has to explain it. */
@Injectable()
export class StoryService {
  constructor(private readonly prisma: PrismaService) {}

  /** @throws Problem PAYMENT_NOT_FOUND if neither a payment nor a temp order has this id */
  async of(orderId: string): Promise<Story> {
    const [found, tempOrder] = await Promise.all([
      this.prisma.payment.findUnique({
        where: { orderId },
        include: {
          ...withPlan,
          attempts: { orderBy: { number: 'asc' } },
          period: true,
          netCancels: { orderBy: { createdAt: 'asc' } },
        },
      }),
      this.prisma.tempOrder.findUnique({ where: { orderId } }),
    ]);
    if (!found && !tempOrder) throw new Problem('PAYMENT_NOT_FOUND');
    if (!found) return { payment: null, tempOrder, attempts: [], period: null, netCancels: [] };
    const { attempts, period, netCancels, ...payment } = found;
    return { payment, tempOrder, attempts, period, netCancels };
  }
}
