import { Injectable } from '@nestjs/common';
import { type Prisma, PrismaService, type Refund, type RefundStatus, type Tx } from '../platform/database/index.ts';
import { olderThan, type Position } from '../platform/page.ts';
import { refundStatusesBefore } from './refund.machine.ts';

export interface RefundFailure {
  code: string;
  message: string;
}

/** How a refund got its end at the provider. */
export interface RefundCompletion {
  /** The provider's id of the refund. */
  transactionKey: string;
  completedAt: Date;
}

export interface RefundFilter {
  /** undefined: of all users */
  userId?: string | undefined;
  orderId?: string | undefined;
  status?: RefundStatus | undefined;
}

/** `requestedBy` of a refund that was made without us, for example in the provider's dashboard. */
export const REQUESTED_AT_PROVIDER = 'toss';

/** A new key after each refusal that the provider would repeat under the old one. */
export const idempotencyKeyOf = (id: string, attempt: number): string => `refund-${id}-${attempt}`;

/** The end of a refund also forgets the buyer's account and the next poll. */
const ENDED = { nextTryAt: null, sealedAccount: null };

/** The SQL and Prisma calls of refunds. */
@Injectable()
export class RefundRepository {
  constructor(private readonly prisma: PrismaService) {}

  find(id: string): Promise<Refund> {
    return this.prisma.refund.findUniqueOrThrow({ where: { id } });
  }

  /** @param userId whose it must be; undefined: any user's */
  findOf(id: string, userId?: string): Promise<Refund | null> {
    return this.prisma.refund.findFirst({ where: { id, ...(userId !== undefined && { payment: { userId } }) } });
  }

  /** Newest first. */
  list({ userId, orderId, status }: RefundFilter, after: Position | undefined, limit: number): Promise<Refund[]> {
    return this.prisma.refund.findMany({
      where: {
        ...(userId !== undefined && { payment: { userId } }),
        ...(orderId !== undefined && { orderId }),
        ...(status !== undefined && { status }),
        ...(after && olderThan(after, 'id')),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit,
    });
  }

  /** Of one payment, oldest first; complete while the caller's transaction holds the lock of the payment. */
  ofPayment(tx: Tx, orderId: string): Promise<Refund[]> {
    return tx.refund.findMany({ where: { orderId }, orderBy: { id: 'asc' } });
  }

  ofRequestKey(tx: Tx, requestKey: string): Promise<Refund | null> {
    return tx.refund.findUnique({ where: { requestKey } });
  }

  /** The key of a request begins another refund from now on. */
  async releaseRequestKey(tx: Tx, { id }: Refund): Promise<void> {
    await tx.refund.update({ where: { id }, data: { requestKey: null, requestHash: null } });
  }

  insert(tx: Tx, data: Prisma.RefundUncheckedCreateInput): Promise<Refund> {
    return tx.refund.create({ data });
  }

  async markRequested(refund: Refund, requestedAt: Date): Promise<Refund> {
    await this.updatePending(refund, { requestedAt });
    return { ...refund, requestedAt };
  }

  /** @param nextTryAt null: it is not polled any more, and an operator decides */
  async postpone(refund: Refund, lastCode: string, nextTryAt: Date | null): Promise<void> {
    await this.updatePending(refund, { lastCode: lastCode.slice(0, 100), nextTryAt });
  }

  /** The next request is made under another idempotency key, as if it were the first. */
  async renewKey(refund: Refund, lastCode: string, nextTryAt: Date): Promise<void> {
    const attempts = refund.attempts + 1;
    const idempotencyKey = idempotencyKeyOf(refund.id, attempts);
    await this.updatePending(refund, { attempts, idempotencyKey, requestedAt: null, lastCode, nextTryAt });
  }

  /** @throws Error when it has ended already */
  async complete(tx: Tx, { id, status }: Refund, completion: RefundCompletion): Promise<void> {
    const { count } = await tx.refund.updateMany({
      where: { id, status: { in: refundStatusesBefore('refunded') } },
      data: { status: 'REFUNDED', ...completion, ...ENDED },
    });
    if (count === 0) throw new Error(`a refund that is ${status} cannot become REFUNDED: ${id}`);
  }

  /** @returns false when it has ended already */
  async fail(tx: Tx, { id }: Refund, { code, message }: RefundFailure): Promise<boolean> {
    const failure = { failureCode: code.slice(0, 100), failureMessage: message.slice(0, 600) };
    const { count } = await tx.refund.updateMany({
      where: { id, status: { in: refundStatusesBefore('failed') } },
      data: { status: 'FAILED', ...failure, ...ENDED },
    });
    return count > 0;
  }

  private async updatePending({ id }: Refund, data: Prisma.RefundUpdateManyMutationInput): Promise<void> {
    await this.prisma.refund.updateMany({ where: { id, status: 'PENDING' }, data });
  }
}
