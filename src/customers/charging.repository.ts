import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t, type Tx } from '../platform/database/index.ts';

/** The charges of cards that are under way, of buyers that the caller has locked. */
const MARK_CHARGING = statement('customer.mark_charging', {
  params: { userIds: t.list(t.text), orderIds: t.list(t.text) },
  row: { userId: t.text },
  sql: `
    UPDATE customer SET charging_order_id = charge.order_id
    FROM unnest(:userIds::text[], :orderIds::text[]) AS charge (user_id, order_id)
    WHERE customer.user_id = charge.user_id
    RETURNING customer.user_id`,
});

const END_CHARGE = statement('customer.end_charge', {
  params: { orderId: t.text },
  row: { userId: t.text },
  sql: `UPDATE customer SET charging_order_id = NULL WHERE charging_order_id = :orderId RETURNING user_id`,
});

/** Which charge of a buyer's card is under way: other payments for time wait for it. */
@Injectable()
export class ChargingRepository {
  constructor(private readonly prisma: PrismaService) {}

  async begin(tx: Tx, charges: readonly { userId: string; orderId: string }[]): Promise<void> {
    const userIds = charges.map(({ userId }) => userId);
    const orderIds = charges.map(({ orderId }) => orderId);
    if (charges.length > 0) await this.prisma.run(MARK_CHARGING, { userIds, orderIds }, tx);
  }

  /** The charge is over, or was stopped: other payments of the buyer no longer wait for it. */
  async end(tx: Tx, orderId: string): Promise<void> {
    await this.prisma.run(END_CHARGE, { orderId }, tx);
  }
}
