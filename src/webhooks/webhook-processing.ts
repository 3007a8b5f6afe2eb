import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { RemoveCard } from '../workflows/replace-card/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService } from '../platform/database/index.ts';
import { type Handled, type LeaseQueue, Queues } from '../platform/jobs/index.ts';
import { SyncPayment, type Synced } from '../workflows/sync-payment/index.ts';
import { sha256 } from './body-hash.ts';
import { IncomingWebhooks } from './incoming-webhooks.ts';
import { factsOf, isAttempted, isKnownByNow, type OrderFacts } from './order-facts.ts';
import { WebhookClaims, type WebhookResult } from './webhook-claims.ts';
import { type ClaimedEvent, WEBHOOKS_TO_PROCESS } from './webhook-queue.ts';
import { LEASE_MS, MAX_NOT_FOUND, nextTryAt, REQUEST_INTERVAL_MS } from './webhook-schedule.ts';

/** What came of one try. */
type Result =
  | { kind: 'processed' | 'unhandled'; note: string }
  /** The provider did not answer, or it was our own defect. */
  | { kind: 'unanswered'; note: string }
  | { kind: 'not_found' };

/** What a batch, which is about one order, is judged by. */
interface Batch {
  events: ClaimedEvent[];
  facts: OrderFacts | null;
  /** One request to the provider per payment, whichever events name it. */
  requests: Map<string, Promise<Synced>>;
}

/** Retrieves what an incoming webhook is about. All that wait for one order are answered by one request. */
@Injectable()
export class WebhookProcessing {
  private readonly log = new Logger('webhooks');
  private readonly queue: LeaseQueue<typeof WEBHOOKS_TO_PROCESS.source.row>;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly claims: WebhookClaims,
    private readonly incoming: IncomingWebhooks,
    private readonly payments: SyncPayment,
    private readonly cards: RemoveCard,
    queues: Queues,
  ) {
    this.queue = queues.open(WEBHOOKS_TO_PROCESS);
  }

  /**
   * Processes all that is due. Stops where the provider does not answer: it would not answer about the others either.
   *
   * @returns how many events were processed
   */
  async sweep(): Promise<number> {
    let processed = 0;
    const handle = async (first: ClaimedEvent): Promise<Handled> => {
      const startedAt = performance.now();
      const events = await this.claims.withOthers(first);
      const { requests, isAnswered } = await this.process(events);
      if (requests > 0) await sleep(Math.max(0, requests * REQUEST_INTERVAL_MS - (performance.now() - startedAt)));
      if (isAnswered) processed += events.length;
      return isAnswered ? 'done' : 'silent';
    };
    await this.queue.drain({ handle, leaseMs: LEASE_MS, lanes: 1 });
    return processed;
  }

  /** Processes one event now that was made due. */
  async processNow(id: string): Promise<void> {
    const handle = async (first: ClaimedEvent): Promise<Handled> => {
      await this.process(await this.claims.withOthers(first));
      return 'done';
    };
    await this.queue.handleOne(id, { handle, leaseMs: LEASE_MS });
  }

  /** When {@link sweep} next finds something to do; null for nothing. */
  nextDue(): Promise<Date | null> {
    return this.queue.nextDue();
  }

  private async process(events: ClaimedEvent[]): Promise<{ requests: number; isAnswered: boolean }> {
    const orderId = events[0]!.orderId;
    const batch: Batch = {
      events,
      facts: orderId === null ? null : await factsOf(this.prisma, orderId),
      requests: new Map(),
    };
    const results = await Promise.all(
      events.map((event) => this.handle(event, batch).catch((error: unknown) => this.defect(event, error))),
    );
    await this.claims.record(events, await this.outcomesOf(batch, results));
    const synced = await Promise.all([...batch.requests.values()].map((request) => request.catch(() => undefined)));
    return { requests: batch.requests.size, isAnswered: !synced.some((each) => each?.kind === 'silence') };
  }

  private async handle(event: ClaimedEvent, { facts, requests }: Batch): Promise<Result> {
    if (event.about === 'payment_method') return this.cardDeleted(event);
    if (event.about === 'other') return { kind: 'unhandled', note: 'not a type that is processed' };
    if (event.orderId === null) return { kind: 'unhandled', note: 'about no order of ours' };
    if (!facts || facts.attempts.length === 0)
      return { kind: 'unhandled', note: 'no request was ever made for this order' };
    if (event.providerRef !== null && !isAttempted(facts, event.providerRef))
      return { kind: 'unhandled', note: 'not a payment that was requested' };
    const providerRef = event.providerRef ?? facts.payment.providerRef;
    const request = requests.get(providerRef ?? '') ?? this.payments.syncOrder(facts.payment, providerRef);
    requests.set(providerRef ?? '', request);
    const synced = await request;
    switch (synced.kind) {
      case 'silence':
        return { kind: 'unanswered', note: synced.code };
      case 'not_found':
        return { kind: 'not_found' };
      case 'not_ours':
        return { kind: 'unhandled', note: 'not a payment that was requested' };
      case 'recorded':
        return event.about === 'deposit' ? this.deposit(event, facts, synced.secret) : PROCESSED;
    }
  }

  /** What the provider shows is recorded, whatever sent the event; its secret only shows whether the provider did. */
  private deposit(event: ClaimedEvent, { payment }: OrderFacts, shownSecret: string | null): Result {
    if (event.body === null) return PROCESSED;
    const hint = this.incoming.hintOf(event);
    if (!hint) return { kind: 'unhandled', note: 'the body cannot be read' };
    const genuine = [payment.depositSecretHash, shownSecret && sha256(shownSecret)].filter((hash) => hash !== null);
    if (hint.depositSecret !== null && (genuine.length === 0 || genuine.includes(sha256(hint.depositSecret))))
      return PROCESSED;
    this.log.warn({
      message: "a webhook of a deposit without the payment's secret: forged",
      orderId: event.orderId,
      webhookEventId: event.id,
    });
    return { kind: 'unhandled', note: 'forged: not the secret of this payment' };
  }

  private async cardDeleted(event: ClaimedEvent): Promise<Result> {
    const billingKey = this.incoming.hintOf(event)?.deletedMethod ?? null;
    const wasOnFile = billingKey !== null && (await this.cards.deletedByProvider(billingKey));
    return wasOnFile
      ? { kind: 'processed', note: 'the card is off file' }
      : { kind: 'unhandled', note: 'no card of ours, or off file before' };
  }

  private defect(event: ClaimedEvent, error: unknown): Result {
    this.log.error({
      message: 'a webhook could not be processed',
      webhookEventId: event.id,
      orderId: event.orderId,
      error: (error as Error).stack,
    });
    return { kind: 'unanswered', note: 'a defect of ours: see the log' };
  }

  private async outcomesOf({ events, facts }: Batch, results: readonly Result[]): Promise<WebhookResult[]> {
    const isUnanswered = results.some(({ kind }) => kind === 'unanswered');
    const orderId = facts?.payment.orderId;
    const [now, retrievedAt] =
      isUnanswered && orderId
        ? await Promise.all([factsOf(this.prisma, orderId), this.retrievedAt(orderId)])
        : [null, null];
    return events.map((event, index) => {
      const result = results[index]!;
      if (result.kind === 'unanswered' && now && this.isKnownByNow(event, now, retrievedAt)) {
        return done('PROCESSED', 'recorded before the provider answered about this event', event);
      }
      return this.outcomeOf(event, result);
    });
  }

  private isKnownByNow(event: ClaimedEvent, facts: OrderFacts, retrievedAt: Date | null): boolean {
    const { state, balance } = this.incoming.shownBy(event) ?? { state: null, balance: null };
    return isKnownByNow({ ...event, state, balance }, facts, retrievedAt);
  }

  private outcomeOf(event: ClaimedEvent, result: Result): WebhookResult {
    switch (result.kind) {
      case 'processed':
        return done('PROCESSED', result.note, event);
      case 'unhandled':
        return done('UNHANDLED', result.note, event);
      case 'not_found': {
        const notFoundCount = event.notFoundCount + 1;
        const note = 'the provider shows no such payment';
        return notFoundCount >= MAX_NOT_FOUND
          ? done('UNHANDLED', note, { notFoundCount })
          : this.again({ ...event, notFoundCount }, note);
      }
      case 'unanswered':
        return this.again(event, result.note);
    }
  }

  private again({ id, orderId, attempts, notFoundCount }: ClaimedEvent, note: string): WebhookResult {
    const next = nextTryAt(attempts, this.clock.now());
    if (next) return { status: 'PENDING', note, nextTryAt: next, notFoundCount };
    this.log.error({
      message: 'a webhook was given up: an operator must replay or dismiss it',
      webhookEventId: id,
      orderId,
      note,
    });
    return { status: 'FAILED', note, nextTryAt: null, notFoundCount };
  }

  /** When the provider last answered about an order because of an event. */
  private async retrievedAt(orderId: string): Promise<Date | null> {
    const { _max } = await this.prisma.incomingWebhook.aggregate({
      where: { orderId, status: 'PROCESSED' },
      _max: { processedAt: true },
    });
    return _max.processedAt;
  }
}

const PROCESSED: Result = { kind: 'processed', note: 'recorded what the provider shows' };

const done = (
  status: 'PROCESSED' | 'UNHANDLED',
  note: string,
  { notFoundCount }: Pick<ClaimedEvent, 'notFoundCount'>,
): WebhookResult => ({ status, note, nextTryAt: null, notFoundCount });
