import { Injectable } from '@nestjs/common';
import { type PaymentDetails, PaymentsService } from '../../payments/index.ts';
import { PaymentPoller } from './payment-poller.ts';

/** How long a poll on behalf of a reader may take; then the answer is that the outcome is still unknown. */
const MAX_WAIT_MS = 3_000;

/** Reading one payment: one whose outcome is unknown is retrieved from the provider. */
@Injectable()
export class ReadPayment {
  constructor(
    private readonly payments: PaymentsService,
    private readonly poller: PaymentPoller,
  ) {}

  /** @throws Problem PAYMENT_NOT_FOUND, also for another user's when narrowed to `userId` */
  async get(orderId: string, userId?: string): Promise<PaymentDetails> {
    const payment = await this.payments.get(orderId, userId);
    if (payment.status !== 'PENDING') return payment;
    // A poll that takes longer goes on by itself; what it throws is the database's trouble, met again by the next read.
    const poll = this.poller.pollNow(orderId).catch(() => undefined);
    await Promise.race([poll, new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS).unref())]);
    return this.payments.get(orderId, userId);
  }
}
