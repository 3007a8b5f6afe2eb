import { Injectable } from '@nestjs/common';
import { type PaymentMethod, PrismaService, type Tx } from '../platform/database/index.ts';
import type { Position } from '../platform/page.ts';

/** A card that is being registered: written before the provider is called. */
export type NewPaymentMethod = Pick<
  PaymentMethod,
  'id' | 'userId' | 'customerKey' | 'provider' | 'authKeyHash' | 'idempotencyKey' | 'createdAt'
>;

/** What the provider issued, as it is kept. */
export type IssuedColumns = Pick<
  PaymentMethod,
  'sealedKey' | 'keyHash' | 'method' | 'issuerCode' | 'cardNumber' | 'cardType' | 'issuedAt'
>;

/** Nothing is known yet of what the provider issued. */
const OPEN = { in: ['ISSUING', 'UNKNOWN'] as ('ISSUING' | 'UNKNOWN')[] };

/** Reads and writes cards on file. */
@Injectable()
export class PaymentMethodRepository {
  constructor(private readonly prisma: PrismaService) {}

  get(id: string): Promise<PaymentMethod> {
    return this.prisma.paymentMethod.findUniqueOrThrow({ where: { id } });
  }

  /** One that can be charged. */
  findActive(id: string, userId: string, tx: Tx = this.prisma): Promise<PaymentMethod | null> {
    return tx.paymentMethod.findFirst({ where: { id, userId, status: 'ACTIVE' } });
  }

  findByKeyHash(keyHash: string): Promise<PaymentMethod | null> {
    return this.prisma.paymentMethod.findUnique({ where: { keyHash } });
  }

  /** Those of a user that can be charged, newest first; one more than `limit` where there are more. */
  list(userId: string, after: Position | undefined, limit: number): Promise<PaymentMethod[]> {
    const olderThan = after && {
      OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }],
    };
    return this.prisma.paymentMethod.findMany({
      where: { userId, status: 'ACTIVE', ...olderThan },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    });
  }

  /** How many cards a user registered within a time, this one aside. */
  countRegistered(userId: string, from: Date, to: Date, exceptAuthKeyHash: string): Promise<number> {
    return this.prisma.paymentMethod.count({
      where: { userId, createdAt: { gt: from, lte: to }, authKeyHash: { not: exceptAuthKeyHash } },
    });
  }

  /** The same authKey twice, also at once, is the same card. @returns the one that is kept under the authKey */
  async begin(method: NewPaymentMethod): Promise<PaymentMethod> {
    const { authKeyHash } = method;
    await this.prisma.paymentMethod.createMany({ data: [{ ...method, status: 'ISSUING' }], skipDuplicates: true });
    return this.prisma.paymentMethod.findUniqueOrThrow({ where: { authKeyHash } });
  }

  /** @returns false where its outcome was recorded before */
  async activate(tx: Tx, id: string, issued: IssuedColumns): Promise<boolean> {
    const data = { ...issued, status: 'ACTIVE' as const, failureCode: null, failureMessage: null };
    return (await tx.paymentMethod.updateMany({ where: { id, status: OPEN }, data })).count > 0;
  }

  /** No card, or none that is known of. */
  async fail(
    id: string,
    status: 'FAILED' | 'UNKNOWN',
    failure: { failureCode: string; failureMessage: string },
  ): Promise<void> {
    await this.prisma.paymentMethod.updateMany({ where: { id, status: OPEN }, data: { status, ...failure } });
  }

  /** It can no longer be charged: its secret is deleted. @returns false where it was before */
  async forget(tx: Tx, id: string, now: Date): Promise<boolean> {
    const data = { status: 'DELETED' as const, sealedKey: null, deletedAt: now };
    return (await tx.paymentMethod.updateMany({ where: { id, status: 'ACTIVE' }, data })).count > 0;
  }
}
