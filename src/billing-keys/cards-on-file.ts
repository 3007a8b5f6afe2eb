import { Injectable } from '@nestjs/common';
import { Problem } from '../common/problem.ts';
import { SecretBox } from '../common/secret-box.ts';
import { type BillingKey, PrismaService, sql } from '../db/index.ts';
import type { ChargeableCard } from '../toss/index.ts';

/** Where a key is sealed for: copied to another row it does not open. */
export const placeOfCard = (id: string) => `billing-key:${id}`;

/** The secrets of cards on file: sealed here, opened for a charge and for nothing else. */
@Injectable()
export class CardsOnFile {
  constructor(
    private readonly prisma: PrismaService,
    private readonly box: SecretBox,
  ) {}

  seal(id: string, billingKey: string): string {
    return this.box.seal(billingKey, placeOfCard(id));
  }

  /** What Toss needs to charge it. null: it is not on file (any more) */
  async open(id: string): Promise<ChargeableCard | null> {
    const [row] = await this.prisma.statement<{ sealedKey: string | null; customerKey: string }>(sql`SELECT sealed_key AS "sealedKey", customer_key AS "customerKey" FROM billing_key WHERE id = ${id}::uuid`);
    return row?.sealedKey ? { billingKey: this.box.open(row.sealedKey, placeOfCard(id)), customerKey: row.customerKey } : null;
  }

  /** @throws Problem BILLING_KEY_NOT_FOUND, also for somebody else's */
  async usable(id: string, userId: string): Promise<BillingKey> {
    const card = await this.prisma.billingKey.findFirst({ where: { id, userId, status: 'ACTIVE' } });
    if (!card) throw new Problem('BILLING_KEY_NOT_FOUND');
    return card;
  }
}
