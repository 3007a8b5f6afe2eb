import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Clock } from '../platform/time/clock.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { type PaymentVoid, PrismaService, type Sql, sql } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import { type Outcome, type Pair, TossClient, type TossPayment } from '../providers/toss/index.ts';
import { type Asked, cut, pairOf } from './payment.row.ts';

/** For the program's own part of a try, beside a cancel and a look-up that the provider may take its time for. */
const MARGIN_MS = 10_000;
const AFTER_SILENCE_MS = 10_000;
const AFTER_A_NO_MS = 30_000;
const AFTER_A_NO_AT_MOST_MS = 3_600_000;
/** Matches Toss's `cancelReason` (at most 200 characters). */
const REASONS = {
  PAYMENT_MISMATCH: '승인된 결제가 주문과 다름',
  PAYMENT_SURPLUS: '이미 결제된 주문',
  ORDER_OUTDATED: '주문 이후 구독이 바뀜',
  PAYMENT_STOPPED: '구매자가 취소함',
} as const;

/** 망취소: gives back at Toss what should never have been taken, and does not stop before Toss says that it is. */
@Injectable()
export class NetCancels {
  private readonly log = new Logger('payments');
  /** Until then a try that was begun has ended, or its process has died and another may try. */
  private readonly leaseMs: number;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly toss: TossClient,
    @Inject(SETTINGS) { tossTimeoutMs }: Settings,
  ) {
    this.leaseMs = 2 * tossTimeoutMs + MARGIN_MS;
  }

  /** Writes the net cancel down, in the statement that finds the payment wrong. The caller counts `payment_void_job`. */
  order(asked: Asked, reason: keyof typeof REASONS, now: Date): Sql {
    return sql`
      net_canceled AS (
        INSERT INTO payment_void (id, order_id, payment_key, reason, next_try_at, created_at)
        VALUES (${uuid()}::uuid, ${asked.payment.orderId}, ${asked.paymentKey}, ${reason}, ${now}::timestamptz, ${now}::timestamptz)
        ON CONFLICT (payment_key) DO NOTHING
        RETURNING id
      ), payment_void_job AS (${JobsService.enqueue('recover-payments', {}, AFTER_SILENCE_MS, sql`net_canceled`, 'recover-payments')})`;
  }

  /** Tries at once, while the buyer waits; what does not succeed is tried again by the sweep. */
  async tryNow(paymentKey: string): Promise<void> {
    for (const netCancel of await this.claim(sql`payment_key = ${paymentKey}`)) await this.ask(netCancel);
  }

  /** Tries all that are due. @returns how many went back */
  async sweep(): Promise<number> {
    let done = 0;
    for (;;) {
      // One at a time: should Toss be silent, the others are not held up by a claim of ours.
      const [netCancel] = await this.claim(sql`true`, 1);
      if (!netCancel) return done;
      const result = await this.ask(netCancel);
      if (result === 'silence') return done;
      if (result === 'done') done++;
    }
  }

  private claim(which: Sql, atMost = 50): Promise<PaymentVoid[]> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + this.leaseMs);
    return this.prisma.$queryRaw<PaymentVoid[]>(sql`
      UPDATE payment_void SET next_try_at = ${lease}::timestamptz
      WHERE id = ANY(ARRAY(SELECT id FROM payment_void WHERE next_try_at <= ${now}::timestamptz AND ${which} ORDER BY next_try_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED))
      RETURNING id, order_id AS "orderId", payment_key AS "paymentKey", reason, attempts`);
  }

  private async ask({
    id,
    orderId,
    paymentKey,
    reason,
    attempts,
  }: PaymentVoid): Promise<'done' | 'not_yet' | 'silence'> {
    const pair = await this.pairOf(orderId);
    const idempotencyKey = `net-cancel-${id}-${attempts}`;
    const outcome = await this.toss.cancel({
      pair,
      paymentKey,
      reason: REASONS[reason as keyof typeof REASONS],
      idempotencyKey,
    });
    const now = this.clock.now();
    if (await this.isBack(outcome, paymentKey, pair)) {
      await this.prisma.paymentVoid.update({
        where: { id },
        data: { status: 'CANCELED', canceledAt: now, nextTryAt: null, lastCode: null },
      });
      this.log.warn({ message: 'net cancel done', orderId, paymentKey, reason });
      return 'done';
    }
    const silence = isSilence(outcome);
    const code =
      outcome.kind === 'declined'
        ? outcome.error.code
        : outcome.kind === 'unknown'
          ? outcome.code
          : outcome.payment.status;
    const delay = silence
      ? AFTER_SILENCE_MS
      : Math.min(AFTER_A_NO_MS * 2 ** Math.min(attempts - 1, 10), AFTER_A_NO_AT_MOST_MS);
    await this.prisma.paymentVoid.update({
      where: { id },
      // The same key while Toss says nothing. Whatever it does say it would replay for 15 days; and to cancel all that is left
      // can be asked under any number of keys.
      data: {
        lastCode: cut(code, 100),
        nextTryAt: new Date(now.getTime() + delay),
        attempts: silence ? attempts : attempts + 1,
      },
    });
    this.log.error({
      message: 'net cancel not done yet: Toss may hold money that must go back',
      orderId,
      paymentKey,
      reason,
      toss: code,
    });
    return silence ? 'silence' : 'not_yet';
  }

  private async pairOf(orderId: string): Promise<Pair> {
    return pairOf(
      await this.prisma.payment.findUniqueOrThrow({ where: { orderId }, select: { paymentMethodId: true } }),
    );
  }

  /** Toss's own answer, or, where it is another, the payment itself. */
  private async isBack(outcome: Outcome, paymentKey: string, pair: Pair): Promise<boolean> {
    if (outcome.kind === 'approved') return nothingIsLeft(outcome.payment);
    if (isSilence(outcome)) return false;
    const look = await this.toss.lookUp(paymentKey, pair);
    return look.kind === 'found' && nothingIsLeft(look.payment);
  }
}

const isSilence = (outcome: Outcome): boolean =>
  outcome.kind === 'unknown' &&
  (outcome.code === 'NO_ANSWER' ||
    outcome.code === 'ANSWER_TIMEOUT' ||
    outcome.code === 'IDEMPOTENT_REQUEST_PROCESSING');

/** Parts that add up to the whole leave PARTIAL_CANCELED with a balance of 0, so the balance decides; or nothing was ever taken. */
function nothingIsLeft(payment: TossPayment): boolean {
  if (payment.status === 'ABORTED' || payment.status === 'EXPIRED') return true;
  return payment.balanceAmount === null ? payment.status === 'CANCELED' : payment.balanceAmount === 0;
}
