import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { BillingKeysService } from '../billing-keys/index.ts';
import { Clock } from '../common/clock.ts';
import { PrismaService, type Sql, sql, type WebhookEvent } from '../db/index.ts';
import { JobsService } from '../jobs/index.ts';
import { type Heard, TossNews } from '../news/index.ts';
import { Inbox } from './inbox.ts';
import { billingKeyOf, carriesSecret, transactionKeyOf } from './webhook-body.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Long after Toss's last retry, and any dispute about a payment of the quarter. */
const KEPT_FOR_MS = 100 * 24 * HOUR;

/** After these waits Toss is looked at again; then an operator has to. */
const RETRY_AFTER = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR];
/** Until then whoever took an event is done, or has died. */
const LEASE_MS = 45 * SECOND;
/** Anyone can send us webhooks; however many come, Toss is looked at no more often than this, and an order no more often than that. */
const BETWEEN_LOOKS_MS = 50;
const BETWEEN_LOOKS_AT_AN_ORDER_MS = SECOND;

/** What came of a try. */
type Result = { status: 'PROCESSED' | 'UNHANDLED'; note: string } | { status: 'AGAIN'; note: string };

const PAYMENT_EVENTS = ['PAYMENT_STATUS_CHANGED', 'DEPOSIT_CALLBACK', 'CANCEL_STATUS_CHANGED'];

/** Goes and looks at what a webhook is about. All that wait for one order are answered by one look. */
@Injectable()
export class WebhookProcessing implements OnModuleInit {
  private readonly log = new Logger('webhooks');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly inbox: Inbox,
    private readonly billingKeys: BillingKeysService,
    private readonly news: TossNews,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('process-webhooks', async () => void (await this.jobs.single('process-webhooks', () => this.sweep())));
  }

  /** Works off all that is due. Stops at the first silence of Toss. @returns how many were done */
  async sweep(): Promise<number> {
    for (let done = 0; ; ) {
      const startedAt = performance.now();
      const events = await this.claim(sql`true`);
      if (events.length === 0) {
        if (!(await this.isDue())) return done;
        // What is left is about orders that were looked at a moment ago.
        await sleep(BETWEEN_LOOKS_AT_AN_ORDER_MS / 4);
        continue;
      }
      const { looked, silence } = await this.process(events);
      if (silence) return done;
      done += events.length;
      if (looked) await sleep(Math.max(0, BETWEEN_LOOKS_MS - (performance.now() - startedAt)));
    }
  }

  /** One event now, whatever became of it before. */
  async replay(id: string): Promise<void> {
    const now = this.clock.now();
    await this.prisma.webhookEvent.update({ where: { id }, data: { status: 'PENDING', attempts: 0, nextTryAt: now, processedAt: null } });
    const events = await this.claim(sql`id = ${id}::uuid`);
    if (events.length > 0) await this.process(events);
  }

  /** Forgets what was done long ago; anyone can fill the inbox. What was given up stays until an operator replays it. */
  async purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_MS);
    const { count } = await this.prisma.webhookEvent.deleteMany({ where: { processedAt: { not: null }, createdAt: { lt: before } } });
    return count;
  }

  async nextDue(): Promise<Date | null> {
    const { _min } = await this.prisma.webhookEvent.aggregate({ where: { nextTryAt: { not: null } }, _min: { nextTryAt: true } });
    return _min.nextTryAt;
  }

  async clockWentBack(): Promise<void> {
    const now = this.clock.now();
    await this.prisma.webhookEvent.updateMany({ where: { nextTryAt: { gt: now } }, data: { nextTryAt: now } });
    await this.prisma.webhookEvent.updateMany({ where: { processedAt: { gt: now } }, data: { processedAt: now } });
  }

  /** The oldest that is due, with all others that wait for the same order. */
  private claim(which: Sql): Promise<WebhookEvent[]> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + LEASE_MS);
    const lately = new Date(now.getTime() - BETWEEN_LOOKS_AT_AN_ORDER_MS);
    return this.prisma.$queryRaw<WebhookEvent[]>(sql`
      WITH first AS (
        SELECT id, order_id FROM webhook_event due
        WHERE next_try_at <= ${now}::timestamptz AND ${which} AND NOT EXISTS (
          SELECT FROM webhook_event lately WHERE lately.order_id = due.order_id AND lately.processed_at > ${lately}::timestamptz AND lately.processed_at <= ${now}::timestamptz)
        ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      , batch AS (
        SELECT event.id FROM webhook_event event JOIN first ON event.id = first.id OR (event.order_id = first.order_id AND event.next_try_at <= ${now}::timestamptz)
        ORDER BY event.id FOR UPDATE OF event SKIP LOCKED
      )
      UPDATE webhook_event event SET next_try_at = ${lease}::timestamptz, attempts = attempts + 1
      FROM batch WHERE event.id = batch.id
      RETURNING event.id, event.type, event.body, event.data, event.order_id AS "orderId", event.payment_key AS "paymentKey", event.attempts`);
  }

  private async isDue(): Promise<boolean> {
    return (await this.prisma.webhookEvent.count({ where: { nextTryAt: { lte: this.clock.now() } }, take: 1 })) > 0;
  }

  private async process(events: WebhookEvent[]): Promise<{ looked: boolean; silence: boolean }> {
    const looks = new Map<string, Promise<Heard>>();
    const results = await Promise.all(events.map((event) => this.handle(event, looks).catch((error: unknown) => this.defect(event, error))));
    await Promise.all(events.map((event, index) => this.write(event, results[index]!)));
    const heard = await Promise.all([...looks.values()].map((look) => look.catch(() => undefined)));
    return { looked: looks.size > 0, silence: heard.some((one) => one?.kind === 'silence') };
  }

  private async handle(event: WebhookEvent, looks: Map<string, Promise<Heard>>): Promise<Result> {
    if (event.type === 'BILLING_DELETED') return this.cardDeleted(event);
    if (!PAYMENT_EVENTS.includes(event.type)) return { status: 'UNHANDLED', note: 'not a type we act on' };
    const about = await this.subjectOf(event);
    if (!about) return { status: 'UNHANDLED', note: 'no order of ours' };
    const key = about.paymentKey ?? about.orderId;
    const look = looks.get(key) ?? (about.paymentKey ? this.news.lookAt(about.paymentKey) : this.news.lookAtOrder(about.orderId));
    looks.set(key, look);
    const heard = await look;
    switch (heard.kind) {
      case 'silence':
        return { status: 'AGAIN', note: heard.code };
      case 'not_found':
        return { status: 'AGAIN', note: 'Toss does not show it' };
      case 'not_ours':
        return { status: 'UNHANDLED', note: 'not a payment that we asked for' };
      case 'settled':
        if (event.type === 'DEPOSIT_CALLBACK' && !carriesSecret(this.inbox.bodyOf(event), heard.secret)) {
          this.log.warn({ message: 'a DEPOSIT_CALLBACK without the payment\'s secret: forged', orderId: event.orderId, webhookEventId: event.id });
          return { status: 'UNHANDLED', note: 'forged: not the secret of this payment' };
        }
        return { status: 'PROCESSED', note: 'settled what Toss shows' };
    }
  }

  private async cardDeleted(event: WebhookEvent): Promise<Result> {
    const billingKey = billingKeyOf(this.inbox.bodyOf(event));
    const ours = billingKey !== undefined && (await this.billingKeys.deletedAtToss(billingKey));
    return ours ? { status: 'PROCESSED', note: 'the card is off file' } : { status: 'UNHANDLED', note: 'no card of ours, or off file before' };
  }

  /** Only what concerns an order of ours is worth a call to Toss. */
  private async subjectOf({ type, data, orderId, paymentKey }: WebhookEvent): Promise<{ orderId: string; paymentKey: string | null } | null> {
    if (type === 'CANCEL_STATUS_CHANGED') {
      const transactionKey = transactionKeyOf(data);
      const refund = transactionKey ? await this.prisma.refund.findUnique({ where: { transactionKey }, include: { payment: true } }) : null;
      return refund && { orderId: refund.orderId, paymentKey: refund.payment.paymentKey };
    }
    if (!orderId) return null;
    const payment = await this.prisma.payment.findUnique({ where: { orderId }, select: { paymentKey: true } });
    if (!payment) return null;
    if (!paymentKey) return { orderId, paymentKey: payment.paymentKey };
    const attempt = await this.prisma.paymentAttempt.findFirst({ where: { orderId, paymentKey }, select: { number: true } });
    return attempt && { orderId, paymentKey };
  }

  private defect(event: WebhookEvent, error: unknown): Result {
    this.log.error({ message: 'a webhook could not be processed', webhookEventId: event.id, orderId: event.orderId, error: (error as Error).stack });
    return { status: 'AGAIN', note: 'a defect of ours: see the log' };
  }

  private async write({ id, attempts, orderId }: WebhookEvent, { status, note }: Result): Promise<void> {
    const now = this.clock.now();
    const wait = RETRY_AFTER[attempts - 1];
    const data =
      status !== 'AGAIN'
        ? { status, note, nextTryAt: null, processedAt: now }
        : wait === undefined
          ? { status: 'FAILED' as const, note, nextTryAt: null }
          : { note, nextTryAt: new Date(now.getTime() + wait) };
    await this.prisma.webhookEvent.updateMany({ where: { id, status: 'PENDING' }, data });
    if (status === 'AGAIN' && wait === undefined) this.log.error({ message: 'a webhook was given up: an operator must replay it', webhookEventId: id, orderId, note });
  }
}
