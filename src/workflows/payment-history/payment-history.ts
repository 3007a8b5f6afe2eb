import { Injectable } from '@nestjs/common';
import { Problem } from '../../platform/problem.ts';
import {
  type PaymentVoid,
  type PaymentAttempt,
  PrismaService,
  type SubscriptionPeriod,
} from '../../platform/database/index.ts';
import { type Draft, DraftRepository } from '../../invoices/index.ts';
import { type PaymentWithInvoice, withInvoice } from '../../payments/index.ts';

export interface History {
  payment: PaymentWithInvoice | null;
  /** null: paid, withdrawn or lapsed */
  tempOrder: Draft | null;
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
    private readonly drafts: DraftRepository,
  ) {}

  /** @throws Problem PAYMENT_NOT_FOUND if neither a payment nor a temp order has this id */
  async of(orderId: string): Promise<History> {
    const [found, tempOrder] = await Promise.all([
      this.prisma.payment.findUnique({
        where: { orderId },
        include: {
          ...withInvoice,
          attempts: { orderBy: { number: 'desc' }, take: MAX_ROWS },
          period: true,
          voids: { orderBy: { createdAt: 'desc' }, take: MAX_ROWS },
        },
      }),
      this.drafts.find(orderId),
    ]);
    if (!found && !tempOrder) throw new Problem('PAYMENT_NOT_FOUND');
    if (!found) return { payment: null, tempOrder, attempts: [], period: null, netCancels: [] };
    const { attempts, period, voids, ...payment } = found;
    return { payment, tempOrder, attempts: attempts.toReversed(), period, netCancels: voids.toReversed() };
  }
}
