import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../../audit/index.ts';
import { PrismaService, type Refund } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { RefundsService } from '../../refunds/index.ts';
import { RecordRefunds } from './record-refunds.ts';
import { RequestRefund } from './request-refund.ts';

const GIVEN_UP = { code: 'GIVEN_UP', message: '운영자가 환불을 중단했습니다.' };

/** An operator ends a refund whose outcome stays unknown, for example because the bank never answers. */
@Injectable()
export class GiveUpRefund {
  constructor(
    private readonly prisma: PrismaService,
    private readonly refunds: RefundsService,
    private readonly requests: RequestRefund,
    private readonly recording: RecordRefunds,
    private readonly audit: AuditService,
  ) {}

  /**
   * Ends it as failed, with the audit entry in one transaction. The payment is retrieved first: what the provider shows
   * is recorded, and may end the refund otherwise.
   *
   * @throws Problem REFUND_NOT_FOUND, REFUND_NOT_PENDING, REFUND_STILL_ASKED (a request may be at work, or the provider
   * does not show the payment)
   */
  async giveUp(id: string, reason: string, origin: RequestOrigin): Promise<Refund> {
    const refund = await this.refunds.get(id);
    if (refund.status !== 'PENDING') throw new Problem('REFUND_NOT_PENDING');
    if (!this.requests.isOver(refund)) throw new Problem('REFUND_STILL_ASKED');
    const { orderId } = refund;
    const payment = await this.prisma.payment.findUniqueOrThrow({ where: { orderId } });
    const retrieval = await this.requests.retrieve(payment);
    if (retrieval.kind !== 'found') throw new Problem('REFUND_STILL_ASKED');
    if (!(await this.requests.isEndedBy(refund, retrieval.payment))) {
      const change = { before: { status: 'PENDING' }, after: { status: 'FAILED' } };
      const act = { action: 'refund.give_up', orderId, subject: `refund:${id}`, reason, ...change };
      await this.recording.fail(refund, GIVEN_UP, (tx) => this.audit.record(tx, origin, act));
    }
    return this.refunds.get(id);
  }
}
