import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { PrismaService, sql } from '../platform/database/index.ts';
import { stopCharge } from '../subscriptions/index.ts';
import type { PaymentWithPlan } from './payment.row.ts';

/** A buyer's way out of a first charge whose outcome is unknown. */
@Injectable()
export class PaymentStop {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /**
   * Stops a first charge by card: it is not requested again, and what the provider turns out to have taken is refunded. The
   * same call again changes nothing. A renewal is stopped by cancelling its subscription.
   *
   * @param userId whose payment it must be; undefined: anybody's
   * @throws Problem PAYMENT_NOT_FOUND, PAYMENT_NOT_STOPPABLE
   */
  async stop(orderId: string, userId: string | undefined): Promise<PaymentWithPlan> {
    const where = { orderId, ...(userId !== undefined && { userId }) };
    const payment = await this.prisma.payment.findFirst({ where });
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    const order = sql`SELECT order_id FROM payment WHERE order_id = ${orderId} AND subscription_id IS NULL`;
    const stopped = await this.prisma.statement(
      sql`WITH ${stopCharge(order, true, this.clock.now())} SELECT order_id FROM stopped`,
    );
    if (stopped.length > 0) this.log.log({ message: 'a charge was stopped by its buyer', orderId });
    const after = await this.prisma.payment.findUniqueOrThrow({ where: { orderId }, include: { plan: true } });
    if (!after.refundIfTaken) throw new Problem('PAYMENT_NOT_STOPPABLE');
    return after;
  }
}
