import { Injectable } from '@nestjs/common';
import { PlansService } from '../catalog/index.ts';
import { olderThan, type Page, pageOf, positionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { type Invoice, type Payment, type PaymentStatus, PrismaService } from '../platform/database/index.ts';
import { PaymentSearch } from './payment-search.ts';
import { type PaymentDetails, withInvoice } from './payment.ts';

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
    private readonly plans: PlansService,
    private readonly search: PaymentSearch,
  ) {}

  async list<View>(filter: PaymentFilter, view: (row: PaymentDetails) => View): Promise<Page<View>> {
    const after = positionOf(filter.cursor);
    const found = await this.search.orderIds(filter);
    const rows = await this.prisma.payment.findMany({
      where: {
        ...(found && { AND: { orderId: { in: found } } }),
        ...(filter.userId !== undefined && { userId: filter.userId }),
        ...(filter.planId !== undefined && { invoice: { planId: filter.planId } }),
        ...(filter.status !== undefined && { status: filter.status }),
        ...(after && olderThan(after, 'orderId')),
      },
      orderBy: [{ createdAt: 'desc' }, { orderId: 'desc' }],
      take: filter.limit + 1,
      include: withInvoice,
    });
    const payments = await this.withPlans(rows);
    return pageOf(payments, filter.limit, ({ createdAt, orderId }) => ({ createdAt, id: orderId }), view);
  }

  /** The payment of an order that is paid, waits for its deposit or may be paid. null: the buyer may try again */
  standing(orderId: string): Promise<Payment | null> {
    return this.prisma.payment.findFirst({ where: { orderId, status: { notIn: ['FAILED', 'EXPIRED'] } } });
  }

  /** @param userId whose it must be; undefined: anyone's */
  async find(orderId: string, userId?: string): Promise<PaymentDetails | null> {
    const where = { orderId, ...(userId !== undefined && { userId }) };
    const rows = await this.prisma.payment.findMany({ where, include: withInvoice });
    return (await this.withPlans(rows))[0] ?? null;
  }

  /** @throws Problem PAYMENT_NOT_FOUND, also for another user's when narrowed to `userId` */
  async get(orderId: string, userId?: string): Promise<PaymentDetails> {
    const payment = await this.find(orderId, userId);
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    return payment;
  }

  private async withPlans<Row extends Payment & { invoice: Invoice }>(rows: readonly Row[]) {
    const invoices = await this.plans.withPlans(rows.map(({ invoice }) => invoice));
    return rows.map((row, index) => ({ ...row, invoice: invoices[index]! }));
  }
}
