import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { displayOf, merchantAccountOf, PaymentRepository } from '../../payments/index.ts';
import { AttemptRepository } from '../begin-attempt/index.ts';
import { PrismaService } from '../../platform/database/index.ts';
import { JobsService } from '../../platform/jobs/index.ts';
import { describePaymentMethod, outcomeOf, PAYMENT_PROVIDER, type PaymentProvider } from '../../providers/index.ts';
import { RecordOutcome } from '../record-outcome/index.ts';

/** A decline does not say what the buyer paid with; the payment that it left behind at the provider may. */
@Injectable()
export class DescribeFailure implements OnModuleInit {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly jobs: JobsService,
    private readonly attempts: AttemptRepository,
    private readonly payments: PaymentRepository,
    private readonly outcomes: RecordOutcome,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('describe-failure', (payload) => this.describe(payload as { orderId: string; number: number }));
  }

  private async describe({ orderId, number }: { orderId: string; number: number }): Promise<void> {
    const where = { orderId_number: { orderId, number } };
    const attempt = await this.prisma.paymentAttempt.findUnique({ where });
    if (!attempt?.providerRef) return;
    const found = await this.provider.retrieve({
      providerRef: attempt.providerRef,
      account: merchantAccountOf(attempt),
    });
    if (found.kind === 'unknown') throw new Error(`the provider does not show the payment: ${found.code}`);
    // A payment of another order's is not ours to touch.
    const isOurs = found.kind === 'found' && found.payment.orderId === orderId;
    const reading = isOurs ? outcomeOf(found.payment) : null;
    // The decline was not the last word.
    const approved =
      reading?.kind === 'approved' ? await this.attempts.findByProviderRef(orderId, attempt.providerRef) : null;
    if (approved && reading?.kind === 'approved') return void (await this.outcomes.record(approved, reading));
    const nothing = { method: null, issuerCode: null, easyPayProvider: null };
    const { method, issuerCode, easyPayProvider } = found.kind === 'found' ? displayOf(found.payment) : nothing;
    await this.payments.describeAttempt(orderId, number, { method, issuerCode });
    const { code } = attempt;
    const reason = attempt.message || (code && this.provider.explain(code).message);
    const paidWith = describePaymentMethod({ method, issuerCode, easyPayProvider })?.ko ?? null;
    this.log.warn({ message: 'payment failed', orderId, attempt: number, code, reason, method: paidWith });
  }
}
