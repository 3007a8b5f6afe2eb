import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../audit/index.ts';
import type { Refund } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { PAYMENT_PROVIDER, type PaymentProvider } from '../../providers/index.ts';
import { RefundRepository } from '../../refunds/index.ts';
import { BeginRefund, type RefundRequest } from './begin-refund.ts';
import { RefundPoller } from './refund-poller.ts';

/** An operator waits for their turn, and for the provider, as long as a buyer does; the refund goes on without them. */
const MAX_WAIT_MS = 35_000;
const POLL_INTERVAL_MS = 150;

/** Refunds a payment: begin, call the provider, record. */
@Injectable()
export class RefundPayment {
  constructor(
    private readonly begin: BeginRefund,
    private readonly poller: RefundPoller,
    private readonly refunds: RefundRepository,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
  ) {}

  /**
   * Gives money back, whole or in part. Once it is begun it goes on by itself, whatever becomes of this request.
   *
   * @returns the refund; still PENDING where its outcome is not known yet
   * @throws Problem REFUND_DECLINED, PROVIDER_MISCONFIGURED, and what {@link BeginRefund.begin} throws
   */
  async refund(request: RefundRequest, origin: RequestOrigin): Promise<Refund> {
    const { id } = await this.begin.begin(request, origin);
    for (const deadline = performance.now() + MAX_WAIT_MS; ; await sleep(POLL_INTERVAL_MS)) {
      const progress = await this.poller.handleNow(id);
      const refund = await this.refunds.find(id);
      if (refund.status === 'FAILED') throw this.declined(refund);
      const isUnknown = progress === 'open' || progress === 'silent';
      if (refund.status === 'REFUNDED' || isUnknown || performance.now() > deadline) return refund;
    }
  }

  /** In the provider's words; but where it refuses our credentials, the fault is ours. */
  private declined({ failureCode, failureMessage }: Refund): Problem {
    const code = failureCode ?? '';
    if (this.provider.explain(code).hint === 'credentials_refused') return new Problem('PROVIDER_MISCONFIGURED');
    return new Problem('REFUND_DECLINED', { toss: { code, message: failureMessage ?? '' } });
  }
}
