import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { Prisma, PrismaService, type Refund, type Sql, sql, type Tx } from '../platform/database/index.ts';
import type { RefundReceiveAccount } from '../providers/toss/index.ts';
import { masked, RefundAccounts } from './refund-account.ts';
import { refundability } from './refundability.ts';

/** What an operator asks for. */
export interface RefundRequest {
  orderId: string;
  reason: string;
  /** In won. undefined: all that is left */
  amount?: number | undefined;
  refundReceiveAccount?: RefundReceiveAccount | undefined;
  /** Past the window; an admin's alone. */
  overrideWindow?: boolean | undefined;
  /** Ends the subscription though a part of the money stays. */
  endSubscription?: boolean | undefined;
  /** The request's Idempotency-Key. */
  idempotencyKey?: string | undefined;
}

/** The contract's: a key answers for so long. After that it begins another refund. */
const REQUEST_KEY_LIFE_MS = 24 * 3_600_000;

/** Of two cancels of one payment within a second Toss refuses the second (docs: cancelling a payment; FORBIDDEN_CONSECUTIVE_REQUEST). */
export const BETWEEN_CANCELS_MS = 1_100;

export const idempotencyKeyOf = (id: string, attempt: number): string => `refund-${id}-${attempt}`;

/** 1. Claim: a refund and its idempotency key are committed before Toss is called. */
@Injectable()
export class RefundClaims {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly audit: AuditService,
    private readonly accounts: RefundAccounts,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Writes the refund down, under a lock of its payment that sees all others under way: never more is claimed than was paid. A
   * request that comes again finds what it began, even if nobody lived to answer it.
   *
   * @throws Problem PAYMENT_NOT_FOUND, PAYMENT_NOT_REFUNDABLE, REFUND_WINDOW_CLOSED, REFUND_AMOUNT_EXCEEDED,
   * REFUND_ACCOUNT_REQUIRED, IDEMPOTENCY_KEY_REUSED
   */
  async claim(request: RefundRequest, origin: RequestOrigin): Promise<Refund> {
    const now = this.clock.now();
    return this.prisma.atomically(async (tx) => {
      await lockPayment(tx, request.orderId);
      const payment = await tx.payment.findUnique({ where: { orderId: request.orderId }, include: { refunds: true } });
      if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
      const requestKey = request.idempotencyKey === undefined ? null : sha256([origin.userId, request.idempotencyKey]);
      const begun = requestKey && (await begunUnder(tx, requestKey, request, now));
      if (begun) return begun;
      const { refundableAmount, beforeDeposit, accountRequired, refusal } = refundability(
        payment,
        payment.refunds,
        this.settings.refundWindowDays,
        now,
      );
      if (refusal && !(refusal === 'REFUND_WINDOW_CLOSED' && request.overrideWindow)) {
        const { refundWindowDays } = this.settings;
        throw new Problem(refusal, refusal === 'REFUND_WINDOW_CLOSED' ? { refundWindowDays } : {});
      }
      const amount = request.amount ?? refundableAmount;
      if (amount > refundableAmount) throw new Problem('REFUND_AMOUNT_EXCEEDED');
      if (beforeDeposit && amount < refundableAmount)
        throw new Problem('VALIDATION_FAILED', {
          errors: [{ path: 'amount', message: 'before the deposit only the whole account can be closed' }],
        });
      if (accountRequired && !request.refundReceiveAccount) throw new Problem('REFUND_ACCOUNT_REQUIRED');
      const account = accountRequired ? request.refundReceiveAccount! : null;
      const id = uuid();
      const refund = await tx.refund.create({
        data: {
          id,
          orderId: request.orderId,
          amount,
          reason: request.reason,
          status: 'PENDING',
          requestedBy: origin.userId,
          endSubscription: request.endSubscription ?? false,
          beforeDeposit,
          requestKey,
          requestHash: requestKey && hashOf(request),
          maskedAccount: account ? { ...masked(account) } : Prisma.DbNull,
          sealedAccount: account && this.accounts.seal(id, account),
          idempotencyKey: idempotencyKeyOf(id, 1),
          nextTryAt: now,
          createdAt: now,
        },
      });
      await this.audit.record(tx, origin, {
        action: request.overrideWindow ? 'refund.request_past_window' : 'refund.request',
        orderId: request.orderId,
        subject: `refund:${id}`,
        reason: request.reason,
        before: { status: payment.status, refundedAmount: payment.refundedAmount },
        after: {
          amount,
          ...(request.endSubscription && { endSubscription: true }),
          ...(account && { refundReceiveAccount: masked(account) }),
        },
      });
      return refund;
    });
  }

  /**
   * Gives out a refund to ask Toss about, if one is due and its turn has come: the oldest of its payment, and a breath after the one before.
   *
   * @param leaseMs until then whoever took it is done, or has died and another may take it
   */
  async take(which: Sql, leaseMs: number): Promise<Refund | null> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + leaseMs);
    const breath = new Date(now.getTime() - BETWEEN_CANCELS_MS);
    const [taken] = await this.prisma.$queryRaw<{ id: string }[]>(sql`
      UPDATE refund SET next_try_at = ${lease}::timestamptz
      WHERE id = (
        SELECT id FROM refund mine
        WHERE mine.next_try_at <= ${now}::timestamptz AND ${which} AND NOT EXISTS (
          SELECT FROM refund other
          WHERE other.order_id = mine.order_id AND other.id <> mine.id
            AND ((other.next_try_at IS NOT NULL AND other.id < mine.id) OR other.requested_at BETWEEN ${breath}::timestamptz AND ${now}::timestamptz OR other.completed_at BETWEEN ${breath}::timestamptz AND ${now}::timestamptz))
        ORDER BY mine.next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING id`);
    return taken ? this.prisma.refund.findUnique({ where: { id: taken.id } }) : null;
  }
}

/** Whoever writes about a payment's refunds holds this, so that what they read of them stays true until they commit. */
export async function lockPayment(tx: Tx, orderId: string): Promise<void> {
  await tx.$queryRaw(sql`SELECT order_id FROM payment WHERE order_id = ${orderId} FOR UPDATE`);
}

const sha256 = (parts: unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** What was requested. The account as it may be kept: a hash of its number could be guessed. */
function hashOf({
  orderId,
  amount,
  reason,
  refundReceiveAccount,
  overrideWindow,
  endSubscription,
}: RefundRequest): string {
  const account = refundReceiveAccount ? masked(refundReceiveAccount) : null;
  return sha256([orderId, amount ?? null, reason, account, overrideWindow ?? false, endSubscription ?? false]);
}

/**
 * The refund that a request under this key began within 24 hours; null when there is none.
 *
 * @throws Problem IDEMPOTENCY_KEY_REUSED when it was another request
 */
async function begunUnder(tx: Tx, requestKey: string, request: RefundRequest, now: Date): Promise<Refund | null> {
  const begun = await tx.refund.findUnique({ where: { requestKey } });
  if (!begun) return null;
  if (now.getTime() - begun.createdAt.getTime() >= REQUEST_KEY_LIFE_MS) {
    await tx.refund.update({ where: { id: begun.id }, data: { requestKey: null, requestHash: null } });
    return null;
  }
  // Refunds of before hashes were kept have none.
  const isAnother =
    begun.orderId !== request.orderId || (begun.requestHash !== null && begun.requestHash !== hashOf(request));
  if (isAnother) throw new Problem('IDEMPOTENCY_KEY_REUSED');
  return begun;
}
