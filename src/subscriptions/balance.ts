import { Injectable } from '@nestjs/common';
import { PrismaService, type Sql, sql, type Tx } from '../platform/database/index.ts';
import { MIN_CHARGE } from '../pricing/index.ts';

/** amountToCharge, for many rows at once: the tests hold one against the other. */
export function amountToChargeSql(price: Sql, available: Sql): Sql {
  return sql`(CASE WHEN ${available} >= ${price} THEN 0
    ELSE GREATEST(${price} - GREATEST(${available}, 0), ${MIN_CHARGE}) END)`;
}

/**
 * The balance less what open orders and payments under way have reserved, in won; an expression over the user's id.
 *
 * @param except an order whose own reservation does not count
 */
export function availableBalance(userId: Sql, now: Date, except = sql`''`): Sql {
  return sql`(
    (SELECT COALESCE(sum(entry.amount), 0) FROM balance_entry entry WHERE entry.user_id = ${userId})
    - (SELECT COALESCE(sum(reserved.balance_used), 0) FROM (
        SELECT open_order.order_id, open_order.balance_used FROM temp_order open_order
        WHERE open_order.user_id = ${userId} AND open_order.balance_used > 0
          AND open_order.expires_at > ${now}::timestamptz
        UNION
        SELECT under_way.order_id, under_way.balance_used FROM payment under_way
        WHERE under_way.user_id = ${userId} AND under_way.balance_used > 0
          AND under_way.status IN ('PENDING', 'WAITING_FOR_DEPOSIT')
      ) reserved WHERE reserved.order_id <> ${except})
  )::int`;
}

/** What buyers are owed besides their payments. */
@Injectable()
export class Balance {
  constructor(private readonly prisma: PrismaService) {}

  /** What a user may still use, in won; negative: what they owe. Exact under a lock of their customer row. */
  async available(userId: string, now: Date, tx: Tx = this.prisma): Promise<number> {
    const [row] = await tx.$queryRaw<{ available: number }[]>(
      sql`SELECT ${availableBalance(sql`${userId}`, now)} AS available`,
    );
    return row!.available;
  }

  /**
   * Whether what an order uses of the balance is still there, and not reserved by others: a refund may have taken it.
   */
  async covers(
    { orderId, userId, balanceUsed }: { orderId: string; userId: string; balanceUsed: number },
    now: Date,
  ): Promise<boolean> {
    if (balanceUsed <= 0) return true;
    const [row] = await this.prisma.$queryRaw<{ available: number }[]>(
      sql`SELECT ${availableBalance(sql`${userId}`, now, sql`${orderId}`)} AS available`,
    );
    return row!.available >= balanceUsed;
  }
}
