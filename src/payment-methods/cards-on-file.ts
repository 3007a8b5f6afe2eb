import { Injectable, Logger } from '@nestjs/common';
import { sealedColumn } from '../platform/crypto/reseal.ts';
import { SecretBox } from '../platform/crypto/secret-box.ts';
import { type PaymentMethod, PrismaService, statement, t, type Tx } from '../platform/database/index.ts';
import { Problem } from '../platform/problem.ts';
import type { ChargeableMethod } from '../providers/index.ts';
import { PaymentMethodRepository } from './payment-method.repository.ts';

/** Where a key is sealed for: copied to another row it cannot be opened. */
const placeOfCard = (id: string) => `billing-key:${id}`;
export const SEALED_BILLING_KEYS = sealedColumn('payment_method', 'sealed_key', placeOfCard);

/** A card as a charge finds it. */
export type CardForCharge = { kind: 'open'; card: ChargeableMethod } | { kind: 'stopped' | 'gone' | 'unreadable' };

const SEALED_KEY = statement('payment_methods.sealed_key', {
  params: { id: t.uuid, orderId: t.text },
  row: { sealedKey: t.nullable(t.text), customerKey: t.text, isStopped: t.bool },
  sql: `
    SELECT sealed_key, customer_key,
      EXISTS (SELECT FROM payment WHERE order_id = :orderId AND stopped_at IS NOT NULL) AS is_stopped
    FROM payment_method WHERE id = :id::uuid`,
});

/** The secrets of cards on file: sealed here, opened for a charge and for nothing else. */
@Injectable()
export class CardsOnFile {
  private readonly log = new Logger('billing-keys');

  constructor(
    private readonly prisma: PrismaService,
    private readonly repository: PaymentMethodRepository,
    private readonly box: SecretBox,
  ) {}

  seal(id: string, billingKey: string): string {
    return this.box.seal(billingKey, placeOfCard(id));
  }

  /** What the provider needs to charge it. null: it is not on file (any more) */
  async open(id: string): Promise<ChargeableMethod | null> {
    const [row] = await this.prisma.run(SEALED_KEY, { id, orderId: '' });
    return row?.sealedKey ? this.opened(id, row.sealedKey, row.customerKey) : null;
  }

  /** What a charge of an order needs, unless the buyer has stopped it. */
  async openFor(orderId: string, id: string): Promise<CardForCharge> {
    const [row] = await this.prisma.run(SEALED_KEY, { id, orderId });
    if (row?.isStopped) return { kind: 'stopped' };
    if (!row?.sealedKey) return { kind: 'gone' };
    try {
      return { kind: 'open', card: this.opened(id, row.sealedKey, row.customerKey) };
    } catch (error) {
      const message = 'a card on file cannot be decrypted: is the key that sealed it still configured?';
      this.log.error({ message, cardId: id, error: (error as Error).message });
      return { kind: 'unreadable' };
    }
  }

  /** @throws Problem BILLING_KEY_NOT_FOUND, also for another user's */
  async usable(id: string, userId: string, tx?: Tx): Promise<PaymentMethod> {
    const card = await this.repository.findActive(id, userId, tx);
    if (!card) throw new Problem('BILLING_KEY_NOT_FOUND');
    return card;
  }

  private opened(id: string, sealedKey: string, customerKey: string): ChargeableMethod {
    return { reference: this.box.open(sealedKey, placeOfCard(id)), customerRef: customerKey };
  }
}
