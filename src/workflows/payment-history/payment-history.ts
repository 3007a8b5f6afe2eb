import { Injectable } from '@nestjs/common';
import { Problem } from '../../platform/problem.ts';
import {
  type PaymentVoid,
  type PaymentAttempt,
  PrismaService,
  type SubscriptionPeriod,
} from '../../platform/database/index.ts';
import { type Draft, DraftRepository } from '../../invoices/index.ts';
import { type PaymentDetails, PaymentsService } from '../../payments/index.ts';

export interface History {
  payment: PaymentDetails | null;
  /** null: paid, withdrawn or lapsed */
  tempOrder: Draft | null;
  attempts: PaymentAttempt[];
  period: SubscriptionPeriod | null;
  voids: PaymentVoid[];
}

/** The newest of so many are shown: a charge that our keys cannot make is tried every hour. */
const MAX_ROWS = 100;

/** Everything that is recorded about one order, for an operator who has to explain it. */
@Injectable()
export class PaymentHistory {
  constructor(
    private readonly prisma: PrismaService,
    private readonly drafts: DraftRepository,
    private readonly payments: PaymentsService,
  ) {}

  /** @throws Problem PAYMENT_NOT_FOUND if neither a payment nor a temp order has this id */
  async of(orderId: string): Promise<History> {
    const newest = { where: { orderId }, take: MAX_ROWS };
    const [payment, tempOrder, attempts, period, voids] = await Promise.all([
      this.payments.find(orderId),
      this.drafts.find(orderId),
      this.prisma.paymentAttempt.findMany({ ...newest, orderBy: { number: 'desc' } }),
      this.prisma.subscriptionPeriod.findUnique({ where: { orderId } }),
      this.prisma.paymentVoid.findMany({ ...newest, orderBy: { createdAt: 'desc' } }),
    ]);
    if (!payment && !tempOrder) throw new Problem('PAYMENT_NOT_FOUND');
    return { payment, tempOrder, attempts: attempts.toReversed(), period, voids: voids.toReversed() };
  }
}
