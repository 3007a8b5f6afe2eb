import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { olderThan, type Page, pageOf, uuidPositionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { PrismaService, type Refund, type RefundStatus } from '../platform/database/index.ts';
import { SubscriptionTakeBacks } from '../subscriptions/index.ts';
import { refusesOurKey } from '../providers/toss/index.ts';
import { RefundRecovery } from './recovery.ts';
import { RefundAsking } from './refund-asking.ts';
import { RefundClaims, type RefundRequest } from './refund-claims.ts';
import { refundability, type Refundability } from './refundability.ts';

/** An operator waits for their turn, and for Toss, as long as a buyer does; then they are told that it goes on by itself. */
const WAIT_MS = 35_000;
const GLANCE_MS = 150;

export interface RefundFilter {
  /** undefined: of everybody */
  userId?: string | undefined;
  orderId?: string | undefined;
  status?: RefundStatus | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** What a refund of all that is left would do. */
export interface RefundQuote extends Refundability {
  orderId: string;
  effect: {
    kind: 'none' | 'voids_period' | 'ends_subscription' | 'takes_gift';
    subscriptionId: string | null;
    endDate: Date | null;
  };
}

@Injectable()
export class RefundsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: RefundClaims,
    private readonly recovery: RefundRecovery,
    private readonly takeBacks: SubscriptionTakeBacks,
    private readonly asking: RefundAsking,
    private readonly audit: AuditService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Gives money back, whole or in part; the answer tells whether it is done or not known yet.
   *
   * @throws Problem REFUND_DECLINED, PROVIDER_MISCONFIGURED, and what {@link RefundClaims.claim} throws
   */
  async refund(request: RefundRequest, origin: RequestOrigin): Promise<Refund> {
    const { id } = await this.claims.claim(request, origin);
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      // Once it is claimed it goes on by itself, whatever becomes of this request: a defect must not make it look undone.
      const answered = await this.recovery.askNow(id);
      const refund = await this.get(id);
      if (refund.status === 'FAILED') throw declined(refund);
      const goesOnByItself = answered === 'open' || answered === 'silence' || performance.now() > deadline;
      if (refund.status === 'REFUNDED' || goesOnByItself) return refund;
      await sleep(GLANCE_MS);
    }
  }

  async list<View>(filter: RefundFilter, view: (row: Refund) => View): Promise<Page<View>> {
    const after = uuidPositionOf(filter.cursor);
    const rows = await this.prisma.refund.findMany({
      where: {
        ...(filter.userId !== undefined && { payment: { userId: filter.userId } }),
        ...(filter.orderId !== undefined && { orderId: filter.orderId }),
        ...(filter.status !== undefined && { status: filter.status }),
        ...(after && olderThan(after, 'id')),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: filter.limit + 1,
    });
    return pageOf(rows, filter.limit, (row) => row, view);
  }

  /** @throws Problem REFUND_NOT_FOUND, also for somebody else's when narrowed to `userId` */
  async get(id: string, userId?: string): Promise<Refund> {
    const where = { id, ...(userId !== undefined && { payment: { userId } }) };
    const refund = z.uuid().safeParse(id).success ? await this.prisma.refund.findFirst({ where }) : null;
    if (!refund) throw new Problem('REFUND_NOT_FOUND');
    return refund;
  }

  /**
   * An operator gives one up that Toss has neither done nor refused, for instance because the bank never answers. Toss is looked at
   * first: what it shows is booked.
   *
   * @throws Problem REFUND_NOT_FOUND, REFUND_NOT_PENDING, REFUND_STILL_ASKED (somebody may be at it; or Toss cannot be looked at)
   */
  async giveUp(id: string, reason: string, origin: RequestOrigin): Promise<Refund> {
    const refund = await this.get(id);
    if (refund.status !== 'PENDING') throw new Problem('REFUND_NOT_PENDING');
    const act = {
      action: 'refund.give_up',
      orderId: refund.orderId,
      subject: `refund:${id}`,
      reason,
      before: { status: 'PENDING' },
    };
    const isOver = await this.asking.giveUp(refund, (tx, after) => this.audit.record(tx, origin, { ...act, after }));
    if (!isOver) throw new Problem('REFUND_STILL_ASKED');
    return this.get(id);
  }

  /**
   * What can be refunded, and what a refund of it all would do. Moves nothing.
   *
   * @throws Problem PAYMENT_NOT_FOUND
   */
  async quote(orderId: string): Promise<RefundQuote> {
    const now = this.clock.now();
    const payment = await this.prisma.payment.findUnique({ where: { orderId }, include: { refunds: true } });
    if (!payment) throw new Problem('PAYMENT_NOT_FOUND');
    const facts = refundability(payment, payment.refunds, this.settings.refundWindowDays, now);
    const nothing: RefundQuote['effect'] = { kind: 'none', subscriptionId: null, endDate: null };
    if (facts.refundableAmount === 0 || facts.beforeDeposit) return { orderId, ...facts, effect: nothing };
    if (payment.durationMonths === null) return { orderId, ...facts, effect: { ...nothing, kind: 'takes_gift' } };
    const taken = await this.takeBacks.preview(
      { orderId, userId: payment.userId, amount: facts.refundableAmount, whole: true, end: false, because: 'refund' },
      now,
    );
    if (!taken) return { orderId, ...facts, effect: nothing };
    const { id: subscriptionId, endDate } = taken.subscription;
    return {
      orderId,
      ...facts,
      effect: { kind: taken.effect === 'ended' ? 'ends_subscription' : 'voids_period', subscriptionId, endDate },
    };
  }
}

/** Toss's no, in Toss's words; but when it is our key that Toss refuses, that is our trouble. */
function declined({ failureCode, failureMessage }: Refund): Problem {
  const code = failureCode ?? '';
  if (refusesOurKey(code)) return new Problem('PROVIDER_MISCONFIGURED');
  return new Problem('REFUND_DECLINED', { toss: { code, message: failureMessage ?? '' } });
}
