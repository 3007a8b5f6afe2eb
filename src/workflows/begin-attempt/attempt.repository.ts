import { Inject, Injectable } from '@nestjs/common';
import { planOf } from '../../catalog/index.ts';
import { constraintOf, PrismaService, type Subscription, type Tx, type Values } from '../../platform/database/index.ts';
import { currentRequestId } from '../../platform/logging/request-context.ts';
import { Problem } from '../../platform/problem.ts';
import { linesOf } from '../../invoices/index.ts';
import { firstPollAt, merchantAccountOf } from '../../payments/index.ts';
import type { Line } from '../../pricing/index.ts';
import { PAYMENT_PROVIDER, type PaymentProvider } from '../../providers/index.ts';
import type { Attempt } from './attempt.ts';
import { ATTEMPT_OF, BEGIN_CHARGES, BEGIN_CONFIRM, OPEN_ATTEMPT, OTHER_REFS } from './attempt.statements.ts';

/** What a buyer confirms. */
export interface ConfirmRequest {
  orderId: string;
  /** The provider's id of the payment that they authenticated. */
  providerRef: string;
  /** Whole won. */
  amount: number;
  /** null: the buyer's browser came back without a token; the order id, which is unguessable, stands for them */
  userId: string | null;
  /** If given, it must agree with the order. */
  planId?: number | undefined;
}

/** A buyer with that many cards is a machine; each attempt costs the provider a call. */
export const MAX_ATTEMPTS = 20;

export type NewCharge = Values<(typeof BEGIN_CHARGES)['params']>['charges'][number] & { lines: readonly Line[] };

/** Beginning attempts, and reading them again. */
@Injectable()
export class AttemptRepository {
  constructor(
    private readonly prisma: PrismaService,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
  ) {}

  /**
   * Commits an attempt and its idempotency key, before the provider is called.
   *
   * @returns null for all but one of those who begin at once, and where there is nothing to begin
   * @throws Problem PAYMENT_KEY_USED when the provider's payment belongs to another order
   */
  async beginConfirm(request: ConfirmRequest, now: Date): Promise<Attempt | null> {
    const { orderId, providerRef, amount, userId, planId = null } = request;
    const provider = this.provider.name;
    const given = { orderId, providerRef, provider, merchantAccount: 'main' as const, amount, userId, planId };
    const fixed = { now, nextPollAt: firstPollAt(now), maxAttempts: MAX_ATTEMPTS, requestId: currentRequestId() };
    try {
      const [row] = await this.prisma.run(BEGIN_CONFIRM, { ...given, ...fixed });
      return row ? attemptFrom(row, row.subscription) : null;
    } catch (error) {
      if (constraintOf(error) !== 'payment_ref_once') throw error;
      // It is taken: by another order, or by this very one, which another request began at the same moment.
      const where = { providerRef, provider, status: { not: 'FAILED' as const } };
      const holder = await this.prisma.payment.findFirst({ where, select: { orderId: true } });
      if (holder && holder.orderId !== orderId) throw new Problem('PAYMENT_KEY_USED');
      return null;
    }
  }

  /**
   * Commits the attempts of charges with the caller's transaction, which has locked their buyers.
   *
   * @returns them without the subscriptions, which the caller has read
   */
  async beginCharges(tx: Tx, charges: readonly NewCharge[], now: Date): Promise<Attempt[]> {
    if (charges.length === 0) return [];
    const fixed = { now, nextPollAt: firstPollAt(now), requestId: currentRequestId() };
    const lines = charges.flatMap((charge) => linesOf(charge.orderId, charge.lines));
    const requested = { provider: this.provider.name, merchantAccount: 'billing' as const };
    const rows = await this.prisma.run(BEGIN_CHARGES, { charges, lines, ...requested, ...fixed }, tx);
    if (rows.length !== charges.length) throw new Error(`of ${charges.length} charges ${rows.length} were begun`);
    return rows.map((row) => attemptFrom(row, null));
  }

  /** The attempt whose outcome, or whose deposit, is awaited. */
  async findOpen(orderId: string): Promise<Attempt | null> {
    const [row] = await this.prisma.run(OPEN_ATTEMPT, { orderId });
    return row ? attemptFrom(row, row.subscription) : null;
  }

  /** The attempt that a provider payment belongs to, whatever became of it or of the order since. */
  async findByProviderRef(orderId: string, providerRef: string): Promise<Attempt | null> {
    const [row] = await this.prisma.run(ATTEMPT_OF, { orderId, providerRef });
    return row ? attemptFrom(row, row.subscription) : null;
  }

  /** Other provider payments of the same order that may have taken money, or may yet. */
  async otherRefs(orderId: string, providerRef: string): Promise<string[]> {
    const rows = await this.prisma.run(OTHER_REFS, { orderId, providerRef });
    return rows.map(({ providerRef }) => providerRef!);
  }
}

function attemptFrom(
  { payment, invoice, plan, price, attempt }: Values<(typeof BEGIN_CHARGES)['row']>,
  subscription: Subscription | null,
): Attempt {
  return {
    payment,
    invoice: { ...invoice, plan: planOf(plan, price) },
    number: attempt.number,
    providerRef: attempt.providerRef,
    merchantAccount: merchantAccountOf(attempt),
    paymentMethodId: attempt.paymentMethodId,
    idempotencyKey: attempt.idempotencyKey!,
    requestedAt: attempt.requestedAt,
    isAnswered: attempt.outcome !== null,
    subscription,
  };
}
