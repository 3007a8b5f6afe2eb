import { Injectable, Logger } from '@nestjs/common';
import { Problem } from '../platform/problem.ts';
import { SecretBox } from '../platform/crypto/secret-box.ts';
import { type PaymentMethod, PrismaService, sql, type Tx } from '../platform/database/index.ts';
import type { ChargeableMethod } from '../providers/index.ts';
import type { ChargeableCard } from '../providers/toss/index.ts';

/** Where a key is sealed for: copied to another row it does not open. */
export const placeOfCard = (id: string) => `billing-key:${id}`;

/** A card as a charge finds it. */
export type CardForCharge = { kind: 'open'; card: ChargeableMethod } | { kind: 'stopped' | 'gone' | 'unreadable' };

/** The secrets of cards on file: sealed here, opened for a charge and for nothing else. */
@Injectable()
export class CardsOnFile {
  private readonly log = new Logger('billing-keys');

  constructor(
    private readonly prisma: PrismaService,
    private readonly box: SecretBox,
  ) {}

  seal(id: string, billingKey: string): string {
    return this.box.seal(billingKey, placeOfCard(id));
  }

  /** What Toss needs to charge it. null: it is not on file (any more) */
  async open(id: string): Promise<ChargeableCard | null> {
    const [row] = await this.prisma.statement<{ sealedKey: string | null; customerKey: string }>(
      sql`SELECT sealed_key AS "sealedKey", customer_key AS "customerKey" FROM payment_method WHERE id = ${id}::uuid`,
    );
    return row?.sealedKey
      ? { billingKey: this.box.open(row.sealedKey, placeOfCard(id)), customerKey: row.customerKey }
      : null;
  }

  /** What a charge of an order needs, unless the buyer has stopped it. */
  async openFor(orderId: string, id: string): Promise<CardForCharge> {
    const [row] = await this.prisma.statement<{
      sealedKey: string | null;
      customerKey: string;
      isStopped: boolean;
    }>(sql`
      SELECT sealed_key AS "sealedKey", customer_key AS "customerKey",
        EXISTS (SELECT FROM payment WHERE order_id = ${orderId} AND stopped_at IS NOT NULL) AS "isStopped"
      FROM payment_method WHERE id = ${id}::uuid`);
    if (row?.isStopped) return { kind: 'stopped' };
    if (!row?.sealedKey) return { kind: 'gone' };
    try {
      return {
        kind: 'open',
        card: { reference: this.box.open(row.sealedKey, placeOfCard(id)), customerRef: row.customerKey },
      };
    } catch (error) {
      this.log.error({
        message: 'a card on file cannot be decrypted: is the key that sealed it still configured?',
        cardId: id,
        error: (error as Error).message,
      });
      return { kind: 'unreadable' };
    }
  }

  /** @throws Problem BILLING_KEY_NOT_FOUND, also for somebody else's */
  async usable(id: string, userId: string): Promise<PaymentMethod> {
    const card = await this.prisma.paymentMethod.findFirst({ where: { id, userId, status: 'ACTIVE' } });
    if (!card) throw new Problem('BILLING_KEY_NOT_FOUND');
    return card;
  }

  /** In the caller's transaction. @throws Problem BILLING_KEY_NOT_FOUND where it was taken off file meanwhile */
  async mustBeActive(tx: Tx, id: string): Promise<void> {
    if ((await tx.paymentMethod.count({ where: { id, status: 'ACTIVE' } })) === 0)
      throw new Problem('BILLING_KEY_NOT_FOUND');
  }
}
