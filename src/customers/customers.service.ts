import { Injectable } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { PrismaService, statement, t, type Tx } from '../platform/database/index.ts';
import { Clock } from '../platform/time/clock.ts';

const LOCK = statement('customers.lock', {
  params: { userId: t.text, customerKey: t.text, now: t.instant },
  row: { customerKey: t.text, chargingOrderId: t.nullable(t.text) },
  sql: `
    INSERT INTO customer AS mine (user_id, customer_key, created_at)
    VALUES (:userId, :customerKey, :now::timestamptz)
    ON CONFLICT (user_id) DO UPDATE SET created_at = mine.created_at
    RETURNING customer_key, charging_order_id`,
});

/** Buyers as the provider knows them, and the row that is locked before money is taken from them. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** Random and kept: the provider must never learn our user ids, and knows a returning buyer by it. */
  async keyOf(userId: string): Promise<string> {
    const known = await this.prisma.customer.findUnique({ where: { userId }, select: { customerKey: true } });
    return known?.customerKey ?? (await this.lock(this.prisma, userId)).customerKey;
  }

  /**
   * Locks a buyer until the transaction ends: of the requests that reserve a balance, or begin to take money, one is
   * handled at a time. What is read after it, by another statement, is what all earlier ones have committed.
   */
  async lock(tx: Tx, userId: string): Promise<{ customerKey: string; chargingOrderId: string | null }> {
    const [customer] = await this.prisma.run(LOCK, { userId, customerKey: uuid(), now: this.clock.now() }, tx);
    return customer!;
  }

  /** The user of a customer key. null: it is unknown */
  async userOf(customerKey: string): Promise<string | null> {
    return (await this.prisma.customer.findUnique({ where: { customerKey } }))?.userId ?? null;
  }
}
