import { Injectable } from '@nestjs/common';
import { olderThan, type Page, pageOf, positionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { type Payment, type PaymentStatus, PrismaService } from '../platform/database/index.ts';
import { PaymentSearch } from './payment-search.ts';
import { type PaymentWithPlan, withPlan } from './payment.row.ts';
import { Recovery } from './recovery.ts';

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

/** A look on behalf of a reader may take this long; then they are told that it is still unknown. */
const READER_WAITS_MS = 3_000;

/** Reading payments. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly recovery: Recovery,
    private readonly search: PaymentSearch,
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
      include: withPlan,
    });
    return pageOf(rows, filter.limit, ({ createdAt, orderId }) => ({ createdAt, id: orderId }), view);
  }

  /**
   * One payment. Whoever reads one whose outcome is unknown makes us look.
   *
   * @throws Problem PAYMENT_NOT_FOUND, also for somebody else's when narrowed to `userId`
   */
  async get(orderId: string, userId?: string): Promise<PaymentWithPlan> {
    const payment = await this.find(orderId, userId);
    if (payment.status !== 'PENDING') return payment;
    // A look that takes longer goes on by itself; what it throws is a defect of the database's, met again by the next read.
    const look = this.recovery.lookNow(orderId).catch(() => undefined);
    await Promise.race([look, new Promise((resolve) => setTimeout(resolve, READER_WAITS_MS).unref())]);
    return this.find(orderId, userId);
  }

  /** The payment of an order that is paid, waits for its deposit or may be paid. null: the buyer may try again */
  standing(orderId: string): Promise<Payment | null> {
    return this.prisma.payment.findFirst({ where: { orderId, status: { notIn: ['FAILED', 'EXPIRED'] } } });
  }

  private async find(orderId: string, userId: string | undefined): Promise<PaymentWithPlan> {
    const where = { orderId, ...(userId !== undefined && { userId }) };
    const payment = await this.prisma.payment.findFirst({ where, include: withPlan });
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    return payment;
  }
}
