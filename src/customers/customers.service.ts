import { Injectable } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, sql, type Tx } from '../platform/database/index.ts';

@Injectable()
export class CustomersService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** Random and kept: Toss must never learn our user ids, and knows a returning buyer by it. */
  async keyOf(userId: string): Promise<string> {
    const known = await this.prisma.customer.findUnique({ where: { userId }, select: { customerKey: true } });
    return known?.customerKey ?? (await this.lock(this.prisma, userId)).customerKey;
  }

  /**
   * Locks a buyer until the transaction ends: of the acts that reserve a balance, or begin to take money, one goes on at a time.
   * What is read after it, by another statement, is what all earlier ones have committed.
   */
  async lock(tx: Tx, userId: string): Promise<{ customerKey: string; chargingOrderId: string | null }> {
    const [customer] = await tx.$queryRaw<{ customerKey: string; chargingOrderId: string | null }[]>(sql`
      INSERT INTO customer AS mine (user_id, customer_key, created_at) VALUES (${userId}, ${uuid()}, ${this.clock.now()}::timestamptz)
      ON CONFLICT (user_id) DO UPDATE SET created_at = mine.created_at
      RETURNING customer_key AS "customerKey", charging_order_id AS "chargingOrderId"`);
    return customer!;
  }

  /** Whose it is; null for nobody's. */
  async userOf(customerKey: string): Promise<string | null> {
    return (await this.prisma.customer.findUnique({ where: { customerKey } }))?.userId ?? null;
  }
}
