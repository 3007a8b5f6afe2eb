import { Injectable } from '@nestjs/common';
import { type Prisma, PrismaService, statement, t, type TempOrder, type Tx } from '../platform/database/index.ts';

const DISCARD = statement('temp_orders.discard', {
  params: { orderId: t.text, userId: t.text },
  row: { orderId: t.text },
  sql: `
    DELETE FROM temp_order WHERE order_id = :orderId AND user_id = :userId
      AND NOT EXISTS (SELECT FROM payment WHERE payment.order_id = temp_order.order_id AND payment.status = 'PENDING')
    RETURNING order_id`,
});

const PURGE = statement('temp_orders.purge', {
  params: { before: t.instant, limit: t.int },
  row: { orderId: t.text },
  sql: `
    DELETE FROM temp_order WHERE order_id = ANY(ARRAY(
      SELECT order_id FROM temp_order WHERE expires_at < :before::timestamptz
        AND NOT EXISTS (SELECT FROM payment
          WHERE payment.order_id = temp_order.order_id AND payment.status = 'PENDING')
      ORDER BY expires_at LIMIT :limit::int FOR UPDATE SKIP LOCKED))
    RETURNING order_id`,
});

/** The rows of temp orders (가주문). */
@Injectable()
export class TempOrderRepository {
  constructor(private readonly prisma: PrismaService) {}

  create(tx: Tx, data: Prisma.TempOrderUncheckedCreateInput): Promise<TempOrder> {
    return tx.tempOrder.create({ data });
  }

  find(orderId: string, userId: string): Promise<TempOrder | null> {
    return this.prisma.tempOrder.findFirst({ where: { orderId, userId } });
  }

  /** How many orders of a buyer have not expired. One that is paid is no longer a temp order. */
  countOpen(tx: Tx, userId: string, now: Date): Promise<number> {
    return tx.tempOrder.count({ where: { userId, expiresAt: { gt: now } } });
  }

  async firstExpiry(): Promise<Date | null> {
    const { _min } = await this.prisma.tempOrder.aggregate({ _min: { expiresAt: true } });
    return _min.expiresAt;
  }

  /** @returns false where there is none, or its payment is under way */
  async discard(orderId: string, userId: string): Promise<boolean> {
    return (await this.prisma.run(DISCARD, { orderId, userId })).length > 0;
  }

  /** Deletes what expired before an instant and is not being paid. @returns how many */
  async purge(before: Date, limit: number): Promise<number> {
    return (await this.prisma.run(PURGE, { before, limit })).length;
  }
}
