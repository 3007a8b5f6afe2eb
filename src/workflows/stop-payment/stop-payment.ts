import { Injectable, Logger } from '@nestjs/common';
import { ChargingRepository } from '../../customers/index.ts';
import { type PaymentDetails, PaymentRepository, PaymentsService } from '../../payments/index.ts';
import { PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';

/** A buyer stops a first charge whose outcome is unknown. */
@Injectable()
export class StopPayment {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly payments: PaymentRepository,
    private readonly reads: PaymentsService,
    private readonly charging: ChargingRepository,
  ) {}

  /**
   * Stops a first charge by card: it is not requested again, and what the provider turns out to have taken is refunded.
   * The same call again changes nothing. A renewal is stopped by cancelling its subscription.
   *
   * @param userId whose payment it must be; undefined: anyone's
   * @throws Problem PAYMENT_NOT_FOUND, PAYMENT_NOT_STOPPABLE
   */
  async stop(orderId: string, userId: string | undefined): Promise<PaymentDetails> {
    const payment = await this.reads.get(orderId, userId);
    if (payment.invoice.subscriptionId === null) await this.stopCharge(orderId);
    const after = await this.reads.get(orderId);
    if (!after.refundIfTaken) throw new Problem('PAYMENT_NOT_STOPPABLE');
    return after;
  }

  private stopCharge(orderId: string): Promise<void> {
    return this.prisma.atomically(async (tx) => {
      if (!(await this.payments.stopCharge(tx, orderId, true, this.clock.now()))) return;
      await this.charging.end(tx, orderId);
      this.log.log({ message: 'a charge was stopped by its buyer', orderId });
    });
  }
}
