import { Inject, Injectable } from '@nestjs/common';
import { isPaid, merchantAccountOf, VoidRepository } from '../../payments/index.ts';
import { type Attempt, AttemptRepository } from '../begin-attempt/index.ts';
import type { Payment } from '../../platform/database/index.ts';
import {
  outcomeOf,
  PAYMENT_PROVIDER,
  type PaymentProvider,
  type ProviderPayment,
  type Retrieval,
} from '../../providers/index.ts';
import { RecordRefunds } from '../refund-payment/index.ts';
import { RecordOutcome } from '../record-outcome/index.ts';
import { ReverseDeposit } from '../reverse-deposit/index.ts';

/** What came of retrieving a payment from the provider. */
export type Synced =
  /** The records say what the provider shows. secret: what webhooks about the payment carry */
  | { kind: 'recorded'; secret: string | null }
  /** No order of ours ever requested it: it is not ours to touch. */
  | { kind: 'not_ours' }
  | { kind: 'not_found' }
  /** The provider did not answer. */
  | { kind: 'silence'; code: string };

/**
 * Brings our records to what the provider shows of a payment: what was taken first, then what went back. Webhooks, the
 * reconciliation and operators use it. The same state again, or late, changes nothing.
 */
@Injectable()
export class SyncPayment {
  constructor(
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    private readonly attempts: AttemptRepository,
    private readonly voids: VoidRepository,
    private readonly outcomes: RecordOutcome,
    private readonly deposits: ReverseDeposit,
    private readonly refunds: RecordRefunds,
  ) {}

  sync(providerRef: string): Promise<Synced> {
    return this.record(this.provider.retrieve({ providerRef }));
  }

  /** The same of an order of ours: the account is known, and perhaps which of its payments is meant. */
  syncOrder(payment: Pick<Payment, 'orderId' | 'merchantAccount'>, providerRef: string | null): Promise<Synced> {
    const account = merchantAccountOf(payment);
    if (providerRef === null) return this.record(this.provider.findByOrder(payment.orderId, account));
    return this.record(this.provider.retrieve({ providerRef, account }));
  }

  private async record(retrieving: Promise<Retrieval>): Promise<Synced> {
    const found = await retrieving;
    if (found.kind === 'unknown') return { kind: 'silence', code: found.code };
    if (found.kind === 'not_found') return found;
    if (!(await this.recordTaken(found.payment))) return { kind: 'not_ours' };
    await this.refunds.record(found.payment);
    return { kind: 'recorded', secret: found.payment.webhookSecret };
  }

  /** @returns false for a payment that no order of ours ever requested */
  private async recordTaken(shown: ProviderPayment): Promise<boolean> {
    const { orderId, providerRef, state } = shown;
    const attempt = await this.attempts.findByProviderRef(orderId, providerRef);
    if (!attempt) return false;
    // Its money is on its way back, or is back: a void is no refund of what was ordered.
    if ((await this.voids.idOf(providerRef)) !== null) return true;
    const { status, reversalCount } = attempt.payment;
    if (isPaid(status) && attempt.payment.providerRef === providerRef) {
      // A retrieval from before the deposit may arrive after it. Only one that begins now tells that the bank reversed
      // it.
      if (state === 'waiting_for_deposit' && (await this.stillShows(shown, attempt)))
        await this.deposits.reverse(shown);
      return true;
    }
    // The same the other way round: a retrieval from before the bank reversed the deposit.
    if (status === 'WAITING_FOR_DEPOSIT' && reversalCount > 0 && !(await this.stillShows(shown, attempt))) return true;
    const reading = outcomeOf(shown);
    if (reading.kind === 'open') return true;
    // A decline of a charge may be an earlier attempt's: what became of this one only its idempotency key tells.
    const isConclusive = attempt.paymentMethodId === null || reading.kind === 'approved';
    if (isConclusive) await this.outcomes.record(attempt, reading, true);
    return true;
  }

  private async stillShows({ providerRef, state }: ProviderPayment, { merchantAccount }: Attempt): Promise<boolean> {
    const found = await this.provider.retrieve({ providerRef, account: merchantAccount });
    return found.kind === 'found' && found.payment.state === state;
  }
}
