import { Injectable } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { Clock } from '../common/clock.ts';
import { PrismaService, sql } from '../db/index.ts';

@Injectable()
export class CustomersService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** Random and kept: Toss must never learn our user ids, and knows a returning buyer by it. */
  async keyOf(userId: string): Promise<string> {
    const [customer] = await this.prisma.$queryRaw<{ customer_key: string }[]>(sql`
      INSERT INTO customer (user_id, customer_key, created_at) VALUES (${userId}, ${uuid()}, ${this.clock.now()}::timestamptz)
      ON CONFLICT (user_id) DO UPDATE SET user_id = EXCLUDED.user_id
      RETURNING customer_key`);
    return customer!.customer_key;
  }

  /** Whose it is; null for nobody's. */
  async userOf(customerKey: string): Promise<string | null> {
    return (await this.prisma.customer.findUnique({ where: { customerKey } }))?.userId ?? null;
  }
}
