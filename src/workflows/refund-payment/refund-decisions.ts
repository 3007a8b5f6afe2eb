import { Inject, Injectable, Logger } from '@nestjs/common';
import { nextPollAt } from '../../payments/index.ts';
import type { Refund } from '../../platform/database/index.ts';
import { Clock } from '../../platform/time/clock.ts';
import { PAYMENT_PROVIDER, type PaymentProvider } from '../../providers/index.ts';
import { RefundRepository } from '../../refunds/index.ts';
import { RecordRefunds } from './record-refunds.ts';
import type { RefundDecision } from './refund.policy.ts';

/** How a refund was left. silent: the provider does not answer. again: it is requested soon, under another key. */
export type Progress = 'ended' | 'again' | 'open' | 'silent';

/** Carries out what the policy decides. */
@Injectable()
export class RefundDecisions {
  private readonly log = new Logger('refunds');

  constructor(
    private readonly clock: Clock,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    private readonly recording: RecordRefunds,
    private readonly refunds: RefundRepository,
  ) {}

  /** Does what was decided about a refund that the provider does not show. */
  async carryOut(refund: Refund, decision: RefundDecision): Promise<Progress> {
    switch (decision.kind) {
      case 'wait':
        return this.wait(refund, decision);
      case 'renew_key':
        return this.renewKey(refund, decision.error.code);
      case 'fail': {
        const { code, message } = decision.error;
        await this.recording.fail(refund, { code, message: message || (this.provider.explain(code).message ?? '') });
        return 'ended';
      }
    }
  }

  private async wait(
    refund: Refund,
    { code, isAnswered, isSilent }: RefundDecision & { kind: 'wait' },
  ): Promise<Progress> {
    const nextTryAt = nextPollAt(refund.requestedAt!, this.clock.now(), isAnswered);
    await this.refunds.postpone(refund, code, nextTryAt);
    const about = { orderId: refund.orderId, refundId: refund.id, code };
    if (nextTryAt) this.log.warn({ message: 'the outcome of a refund is unknown', ...about });
    else this.log.error({ message: 'the outcome of a refund stays unknown: an operator must decide', ...about });
    return isSilent ? 'silent' : 'open';
  }

  private async renewKey(refund: Refund, code: string): Promise<Progress> {
    const pauseMs = this.provider.capabilities.pauseBetweenRefundsMs * refund.attempts;
    const nextTryAt = new Date(this.clock.now().getTime() + pauseMs);
    await this.refunds.renewKey(refund, code, nextTryAt);
    return 'again';
  }
}
