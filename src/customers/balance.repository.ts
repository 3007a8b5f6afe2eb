import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t, type Tx } from '../platform/database/index.ts';

/** The rule is the database's own function, which the statement that begins an attempt uses too. */
const AVAILABLE = statement('customers.available_balance', {
  params: { userId: t.text, orderId: t.text, now: t.instant },
  row: { available: t.int },
  sql: `SELECT available_balance(:userId, :now, :orderId) AS available`,
});

/** Why a balance moves. */
type BalanceReason = 'used' | 'change' | 'refund' | 'kept';

interface NewBalanceEntry {
  userId: string;
  /** In won: positive where the buyer is owed more. */
  amount: number;
  reason: BalanceReason;
  /** null: no order was paid */
  orderId: string | null;
}

/** What buyers are owed besides their payments. */
@Injectable()
export class BalanceRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * What a user may still use, in won: the balance less what open orders and payments under way have reserved;
   * negative: what they owe. Exact under a lock of their customer row.
   */
  available(userId: string, now: Date, tx: Tx = this.prisma): Promise<number> {
    return this.availableTo({ orderId: '', userId }, now, tx);
  }

  /**
   * Whether what an order uses of the balance is still there, and not reserved by others: a refund may have taken it.
   */
  async covers(
    order: { orderId: string; userId: string; balanceUsed: number },
    now: Date,
    tx: Tx = this.prisma,
  ): Promise<boolean> {
    return order.balanceUsed <= 0 || (await this.availableTo(order, now, tx)) >= order.balanceUsed;
  }

  /** Moves a balance. An entry of 0 won is none. */
  async add(tx: Tx, { userId, amount, reason, orderId }: NewBalanceEntry, now: Date): Promise<void> {
    if (amount !== 0) await tx.balanceEntry.create({ data: { userId, amount, reason, orderId, createdAt: now } });
  }

  private async availableTo({ orderId, userId }: { orderId: string; userId: string }, now: Date, tx: Tx) {
    const [row] = await this.prisma.run(AVAILABLE, { userId, orderId, now }, tx);
    return row!.available;
  }
}
