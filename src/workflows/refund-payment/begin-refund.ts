import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { v7 as uuid } from 'uuid';
import { AuditService, type RequestOrigin } from '../../audit/index.ts';
import { refundsConfig } from '../../config-namespaces.ts';
import { ReversalRepository } from '../../payments/index.ts';
import { type Payment, Prisma, PrismaService, type Refund, type Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { Clock } from '../../platform/time/clock.ts';
import { HOUR } from '../../platform/time/duration.ts';
import type { RefundAccount } from '../../providers/index.ts';
import {
  idempotencyKeyOf,
  masked,
  type Refundability,
  refundability,
  RefundAccounts,
  RefundRepository,
} from '../../refunds/index.ts';

/** What an operator requests. */
export interface RefundRequest {
  orderId: string;
  reason: string;
  /** In won. undefined: all that is left */
  amount?: number | undefined;
  refundReceiveAccount?: RefundAccount | undefined;
  /** Past the window; an admin's alone. */
  overrideWindow?: boolean | undefined;
  /** Ends the subscription though a part of the money stays. */
  endSubscription?: boolean | undefined;
  /** The request's Idempotency-Key. */
  idempotencyKey?: string | undefined;
}

/** The contract's: a key answers for so long. After that it begins another refund. */
const REQUEST_KEY_LIFETIME_MS = 24 * HOUR;

/** 1. Begin: a refund, its idempotency key and the audit entry are committed before the provider is called. */
@Injectable()
export class BeginRefund {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly payments: ReversalRepository,
    private readonly refunds: RefundRepository,
    private readonly accounts: RefundAccounts,
    private readonly audit: AuditService,
    @Inject(refundsConfig.KEY) private readonly config: ConfigType<typeof refundsConfig>,
  ) {}

  /**
   * Writes the refund under a lock of its payment, which sees all others under way: never more is requested than was
   * paid. A request that comes again finds what it began, even where the instance died before it answered.
   *
   * @throws Problem PAYMENT_NOT_FOUND, PAYMENT_NOT_REFUNDABLE, REFUND_WINDOW_CLOSED, REFUND_AMOUNT_EXCEEDED,
   * VALIDATION_FAILED, REFUND_ACCOUNT_REQUIRED, IDEMPOTENCY_KEY_REUSED
   */
  begin(request: RefundRequest, origin: RequestOrigin): Promise<Refund> {
    const now = this.clock.now();
    const requestKey = requestKeyOf(request, origin);
    return this.prisma.atomically(async (tx) => {
      const payment = await this.payments.lock(tx, request.orderId);
      if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
      const begun = requestKey && (await this.begunUnder(tx, requestKey, request, now));
      if (begun) return begun;
      const refunds = await this.refunds.ofPayment(tx, request.orderId);
      const { refundWindowDays } = this.config;
      const facts = refundability(payment, refunds, refundWindowDays, now);
      const amount = refundedBy(request, facts, refundWindowDays);
      const account = facts.accountRequired ? request.refundReceiveAccount! : null;
      const id = uuid();
      const refund = await this.refunds.insert(tx, {
        id,
        orderId: request.orderId,
        amount,
        reason: request.reason,
        status: 'PENDING',
        requestedBy: origin.userId,
        endSubscription: request.endSubscription ?? false,
        beforeDeposit: facts.beforeDeposit,
        requestKey,
        requestHash: requestKey && hashOf(request),
        maskedAccount: account ? { ...masked(account) } : Prisma.DbNull,
        sealedAccount: account && this.accounts.seal(id, account),
        idempotencyKey: idempotencyKeyOf(id, 1),
        nextTryAt: now,
        createdAt: now,
      });
      await this.audit.record(tx, origin, actOf(request, refund, payment));
      return refund;
    });
  }

  /**
   * The refund that a request under this key began within 24 hours; null when there is none.
   *
   * @throws Problem IDEMPOTENCY_KEY_REUSED when it was another request
   */
  private async begunUnder(tx: Tx, requestKey: string, request: RefundRequest, now: Date) {
    const begun = await this.refunds.ofRequestKey(tx, requestKey);
    if (!begun) return null;
    if (now.getTime() - begun.createdAt.getTime() >= REQUEST_KEY_LIFETIME_MS) {
      await this.refunds.releaseRequestKey(tx, begun);
      return null;
    }
    const isAnother = begun.orderId !== request.orderId || begun.requestHash !== hashOf(request);
    if (isAnother) throw new Problem('IDEMPOTENCY_KEY_REUSED');
    return begun;
  }
}

/**
 * What a request refunds, in won.
 *
 * @throws Problem PAYMENT_NOT_REFUNDABLE, REFUND_WINDOW_CLOSED, REFUND_AMOUNT_EXCEEDED, VALIDATION_FAILED,
 * REFUND_ACCOUNT_REQUIRED
 */
function refundedBy(request: RefundRequest, facts: Refundability, refundWindowDays: number): number {
  const { refundableAmount, beforeDeposit, accountRequired, refusal } = facts;
  if (refusal === 'PAYMENT_NOT_REFUNDABLE') throw new Problem(refusal);
  if (refusal === 'REFUND_WINDOW_CLOSED' && !request.overrideWindow) throw new Problem(refusal, { refundWindowDays });
  const amount = request.amount ?? refundableAmount;
  if (amount > refundableAmount) throw new Problem('REFUND_AMOUNT_EXCEEDED');
  if (beforeDeposit && amount < refundableAmount) {
    const message = 'before the deposit only the whole account can be closed';
    throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'amount', message }] });
  }
  if (accountRequired && !request.refundReceiveAccount) throw new Problem('REFUND_ACCOUNT_REQUIRED');
  return amount;
}

function actOf(request: RefundRequest, { id, orderId, amount, maskedAccount }: Refund, before: Payment) {
  const { overrideWindow, endSubscription, reason } = request;
  return {
    action: overrideWindow ? 'refund.request_past_window' : 'refund.request',
    orderId,
    subject: `refund:${id}`,
    reason,
    before: { status: before.status, refundedAmount: before.refundedAmount },
    after: {
      amount,
      ...(endSubscription && { endSubscription }),
      ...(maskedAccount && { refundReceiveAccount: maskedAccount }),
    },
  };
}

/** The Idempotency-Key with its caller, hashed. null: the request has none */
function requestKeyOf({ idempotencyKey }: RefundRequest, { userId }: RequestOrigin): string | null {
  return idempotencyKey === undefined ? null : sha256([userId, idempotencyKey]);
}

/** What was requested. The account as it may be kept: a hash of its number could be guessed. */
function hashOf(request: RefundRequest): string {
  const {
    orderId,
    amount = null,
    reason,
    refundReceiveAccount,
    overrideWindow = false,
    endSubscription = false,
  } = request;
  const account = refundReceiveAccount ? masked(refundReceiveAccount) : null;
  return sha256([orderId, amount, reason, account, overrideWindow, endSubscription]);
}

const sha256 = (parts: unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
