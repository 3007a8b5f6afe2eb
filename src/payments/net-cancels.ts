import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.ts';
import { type NetCancel, PrismaService, type Sql, sql } from '../db/index.ts';
import { JobsService } from '../jobs/index.ts';
import { type Outcome, TossClient, type TossPayment } from '../toss/index.ts';
import { type Asked, cut } from './payment.row.ts';

/** Until then a try that was begun has ended, or its process has died and another may try. */
const LEASE_MS = 70_000;
const AFTER_SILENCE_MS = 10_000;
const AFTER_A_NO_MS = 30_000;
const AFTER_A_NO_AT_MOST_MS = 3_600_000;
/** Matches Toss's `cancelReason` (at most 200 characters). */
const REASONS = { PAYMENT_MISMATCH: '승인된 결제가 주문과 다름', PAYMENT_SURPLUS: '이미 결제된 주문' } as const;

/** 망취소: gives back at Toss what should never have been taken, and does not stop before Toss says that it is. */
@Injectable()
export class NetCancels {
  private readonly log = new Logger('payments');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly toss: TossClient,
  ) {}

  /** Writes the net cancel down, in the statement that finds the payment wrong. The caller counts `net_cancel_job`. */
  order(asked: Asked, reason: keyof typeof REASONS, now: Date): Sql {
    return sql`
      net_canceled AS (
        INSERT INTO net_cancel (id, order_id, payment_key, reason, next_try_at, created_at)
        VALUES (${uuid()}::uuid, ${asked.payment.orderId}, ${asked.paymentKey}, ${reason}, ${now}::timestamptz, ${now}::timestamptz)
        ON CONFLICT (payment_key) DO NOTHING
        RETURNING id
      ), net_cancel_job AS (${JobsService.enqueue('recover-payments', {}, AFTER_SILENCE_MS, sql`net_canceled`)})`;
  }

  /** Tries at once, while the buyer waits; what does not succeed is tried again by the sweep. */
  async tryNow(paymentKey: string): Promise<void> {
    for (const netCancel of await this.claim(sql`payment_key = ${paymentKey}`)) await this.ask(netCancel);
  }

  /** Tries all that are due. @returns how many went back */
  async sweep(): Promise<number> {
    let done = 0;
    for (const netCancel of await this.claim(sql`true`)) if (await this.ask(netCancel)) done++;
    return done;
  }

  private claim(which: Sql): Promise<NetCancel[]> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + LEASE_MS);
    return this.prisma.$queryRaw<NetCancel[]>(sql`
      UPDATE net_cancel SET next_try_at = ${lease}::timestamptz
      WHERE id IN (SELECT id FROM net_cancel WHERE next_try_at <= ${now}::timestamptz AND ${which} ORDER BY next_try_at LIMIT 50 FOR UPDATE SKIP LOCKED)
      RETURNING id, order_id AS "orderId", payment_key AS "paymentKey", reason, attempts`);
  }

  private async ask({ id, orderId, paymentKey, reason, attempts }: NetCancel): Promise<boolean> {
    // The same key on every retry; a new one only after Toss said no, because Toss replays its no.
    const idempotencyKey = `net-cancel-${id}-${attempts}`;
    const outcome = await this.toss.cancel({ paymentKey, reason: REASONS[reason as keyof typeof REASONS], idempotencyKey });
    const now = this.clock.now();
    if (await this.isBack(outcome, paymentKey)) {
      await this.prisma.netCancel.update({ where: { id }, data: { status: 'CANCELED', canceledAt: now, nextTryAt: null, lastCode: null } });
      this.log.warn({ message: 'net cancel done', orderId, paymentKey, reason });
      return true;
    }
    const code = outcome.kind === 'declined' ? outcome.error.code : outcome.kind === 'unknown' ? outcome.code : outcome.payment.status;
    const saidNo = outcome.kind === 'declined';
    const delay = saidNo ? Math.min(AFTER_A_NO_MS * 2 ** Math.min(attempts, 10), AFTER_A_NO_AT_MOST_MS) : AFTER_SILENCE_MS;
    await this.prisma.netCancel.update({
      where: { id },
      data: { lastCode: cut(code, 100), nextTryAt: new Date(now.getTime() + delay), attempts: saidNo ? attempts + 1 : attempts },
    });
    this.log.error({ message: 'net cancel not done yet: Toss holds money that must go back', orderId, paymentKey, reason, toss: code });
    return false;
  }

  /** Toss's own answer, or, where it says "done already", the payment itself. */
  private async isBack(outcome: Outcome, paymentKey: string): Promise<boolean> {
    if (outcome.kind === 'approved') return nothingIsLeft(outcome.payment);
    if (outcome.kind === 'unknown' && !outcome.tossAnswered) return false;
    const look = await this.toss.lookUp(paymentKey);
    return look.kind === 'found' && nothingIsLeft(look.payment);
  }
}

/** Parts that add up to the whole leave PARTIAL_CANCELED with a balance of 0, so the balance decides. */
function nothingIsLeft(payment: TossPayment): boolean {
  return payment.balanceAmount === null ? payment.status === 'CANCELED' : payment.balanceAmount === 0;
}
