import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t, type Tx } from '../platform/database/index.ts';

const STOP_CHARGE = statement('payments.stop_charge', {
  params: { orderId: t.text, refund: t.bool, now: t.instant },
  row: { orderId: t.text },
  sql: `
    UPDATE payment SET stopped_at = COALESCE(stopped_at, :now::timestamptz),
      refund_if_taken = refund_if_taken OR :refund::bool, next_poll_at = COALESCE(next_poll_at, :now::timestamptz)
    WHERE order_id = :orderId AND status = 'PENDING' AND payment_method_id IS NOT NULL
    RETURNING order_id`,
});

/** Stops charges of cards on file whose outcome is unknown. */
@Injectable()
export class StopChargeRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * A charge that is stopped is not requested again. The caller lets other payments of the buyer no longer wait for it, in the same
   * transaction.
   *
   * @param refund what the provider turns out to have taken goes back
   * @returns false where its outcome is known
   */
  async stop(tx: Tx, orderId: string, refund: boolean, now: Date): Promise<boolean> {
    return (await this.prisma.run(STOP_CHARGE, { orderId, refund, now }, tx)).length > 0;
  }
}
