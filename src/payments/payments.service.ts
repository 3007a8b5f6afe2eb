import { Injectable } from '@nestjs/common';
import { PlansService } from '../catalog/index.ts';
import { olderThan, type Page, pageOf, positionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { type Payment, type PaymentStatus, PrismaService } from '../platform/database/index.ts';
import { PaymentSearch } from './payment-search.ts';
import { type PaymentWithPlan, withRefunds } from './payment.ts';

export interface PaymentFilter {
  userId?: string | undefined;
  planId?: number | undefined;
  status?: PaymentStatus | undefined;
  paymentKey?: string | undefined;
  cardLast4?: string | undefined;
  q?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Reading payments. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly search: PaymentSearch,
    private readonly plans: PlansService,
  ) {}

  async list<View>(filter: PaymentFilter, view: (row: PaymentWithPlan) => View): Promise<Page<View>> {
    const after = positionOf(filter.cursor);
    const found = await this.search.orderIds(filter);
    const rows = await this.prisma.payment.findMany({
      where: {
        ...(found && { AND: { orderId: { in: found } } }),
        ...(filter.userId !== undefined && { userId: filter.userId }),
        ...(filter.planId !== undefined && { planId: filter.planId }),
        ...(filter.status !== undefined && { status: filter.status }),
        ...(after && olderThan(after, 'orderId')),
      },
      orderBy: [{ createdAt: 'desc' }, { orderId: 'desc' }],
      take: filter.limit + 1,
      include: withRefunds,
    });
    return pageOf(
      await this.plans.withPlans(rows),
      filter.limit,
      ({ createdAt, orderId }) => ({ createdAt, id: orderId }),
      view,
    );
  }

  /** The payment of an order that is paid, waits for its deposit or may be paid. null: the buyer may try again */
  standing(orderId: string): Promise<Payment | null> {
    return this.prisma.payment.findFirst({ where: { orderId, status: { notIn: ['FAILED', 'EXPIRED'] } } });
  }

  /** @throws Problem PAYMENT_NOT_FOUND, also for another user's when narrowed to `userId` */
  async get(orderId: string, userId?: string): Promise<PaymentWithPlan> {
    const where = { orderId, ...(userId !== undefined && { userId }) };
    const payment = await this.prisma.payment.findFirst({ where, include: withRefunds });
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    return { ...payment, plan: await this.plans.get(payment.planId) };
  }
}
