import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { PaymentMethodsService } from '../payment-methods/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { metrics } from '../platform/metrics.ts';
import { SecretBox } from '../platform/crypto/secret-box.ts';
import { type IncomingWebhook, PrismaService } from '../platform/database/index.ts';
import { FloodLimits } from './flood-limits.ts';
import { FIND_ORDER, MERGE, STORE } from './incoming-webhook.statements.ts';
import { shownFields } from './shown-fields.ts';
import { readBody, sha256, type WebhookBody } from './webhook-body.ts';
import { ORDER_INTERVAL_MS } from './webhook-schedule.ts';

/** Of one order that many bodies are kept. Toss sends a dozen; a buyer can send any number about an order of theirs. */
const MAX_BODIES_OF_ORDER = 50;

/** A webhook as it came. */
export interface Transmission {
  /** The text that it was parsed from. */
  body: string;
  json: unknown;
  address: string;
  /** The provider's id, time and count of retries, as its headers say. */
  id: string | undefined;
  time: string | undefined;
  retriedCount: string | undefined;
}

export type Received = { kind: 'received' } | { kind: 'refused'; retryAfterSeconds: number };

/** What of ours an event is about. */
interface Subject {
  /** null: a card */
  orderId: string | null;
  /** Something about the order is not known yet. */
  isOpen: boolean;
  bodies: number;
}

const CARD: Subject = { orderId: null, isOpen: false, bodies: 0 };

/** Keeps what the provider sends unasked: one statement to find what it is about, one to store it with its job. */
@Injectable()
export class IncomingWebhooks {
  private readonly log = new Logger('webhooks');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly box: SecretBox,
    private readonly methods: PaymentMethodsService,
    private readonly limits: FloodLimits,
  ) {}

  /** What is about an order of ours is always taken; of anything else a digest is kept, within limits. */
  async receive(webhook: Transmission): Promise<Received> {
    const about = readBody(webhook.json);
    const subject = await this.subjectOf(about);
    if (subject) {
      if (subject.bodies < MAX_BODIES_OF_ORDER) await this.store(webhook, about, subject);
      else await this.merge(webhook, about, subject);
      return { kind: 'received' };
    }
    const verdict = await this.limits.take(webhook.address);
    if (verdict.kind === 'refuse') return { ...verdict, kind: 'refused' };
    if (verdict.kind === 'keep') await this.storeDigest(webhook, about);
    return { kind: 'received' };
  }

  /** As it was sent; undefined where nothing of it was kept, or where it cannot be opened. */
  bodyOf({ id, body }: Pick<IncomingWebhook, 'id' | 'body'>): WebhookBody | undefined {
    if (body === null) return undefined;
    try {
      return readBody(JSON.parse(this.box.open(body, placeOfWebhook(id))));
    } catch (error) {
      this.log.warn({
        message: 'the body of a webhook cannot be read',
        webhookEventId: id,
        error: (error as Error).message,
      });
      return undefined;
    }
  }

  private async subjectOf({ type, orderId, transactionKey, billingKey }: WebhookBody): Promise<Subject | null> {
    switch (type) {
      case 'PAYMENT_STATUS_CHANGED':
      case 'DEPOSIT_CALLBACK':
        return orderId === null ? null : this.order({ orderId, transactionKey: null });
      case 'CANCEL_STATUS_CHANGED':
        return transactionKey === null ? null : this.order({ orderId: null, transactionKey });
      case 'BILLING_DELETED':
        return billingKey !== null && (await this.methods.findByBillingKey(billingKey)) !== null ? CARD : null;
      default:
        return null;
    }
  }

  private async order(named: { orderId: string | null; transactionKey: string | null }): Promise<Subject | null> {
    const [subject] = await this.prisma.run(FIND_ORDER, { ...named, maxBodies: MAX_BODIES_OF_ORDER });
    return subject ?? null;
  }

  /** The same transmission twice is one row. */
  private async store(
    { body, json, ...headers }: Transmission,
    { type, paymentKey }: WebhookBody,
    { orderId, isOpen }: Subject,
  ): Promise<void> {
    const now = this.clock.now();
    const id = uuid();
    const hash = sha256(body);
    const transmissionId = headers.id && /^[\x21-\x7e]{1,100}$/.test(headers.id) ? headers.id : `body-${hash}`;
    await this.prisma.run(STORE, {
      ...{ id, transmissionId, type, orderId, paymentKey, isUrgent: isOpen, now },
      body: this.box.seal(body, placeOfWebhook(id)),
      bodyHash: hash,
      data: shownFields(json),
      retriedCount: countOf(headers.retriedCount),
      transmittedAt: instantOf(headers.time),
    });
  }

  /**
   * One row for all that comes of an order beyond what is kept: it is made due again, so that a request to the provider
   * begins after the latest event, and none is lost. The row's id holds a space, which no transmission's has.
   */
  private async merge({ body }: Transmission, { type }: WebhookBody, { orderId, isOpen }: Subject): Promise<void> {
    const now = this.clock.now();
    // Not at once, so that a flood does not ask the provider more often; nor ever later, so that it does not starve.
    const soon = new Date(now.getTime() + ORDER_INTERVAL_MS);
    metrics.webhooksNotKept.inc({ reason: 'merged' });
    await this.prisma.run(MERGE, {
      ...{ id: uuid(), transmissionId: `merged ${orderId}`, type, orderId, isUrgent: isOpen, now, soon },
      bodyHash: sha256(body),
    });
  }

  /** Type, time and hash of what is not ours. There is nothing to process, and nothing to show of it. */
  private async storeDigest({ body }: Transmission, { type }: WebhookBody): Promise<void> {
    const now = this.clock.now();
    const bodyHash = sha256(body);
    await this.prisma.incomingWebhook.createMany({
      data: {
        id: uuid(),
        transmissionId: `body-${bodyHash}`,
        type,
        bodyHash,
        retriedCount: 0,
        status: 'UNHANDLED',
        note: 'about no order of ours, or of a type that is not processed',
        createdAt: now,
        processedAt: now,
      },
      skipDuplicates: true,
    });
  }
}

const countOf = (header: string | undefined): number =>
  Math.min(Math.max(Number.parseInt(header ?? '0', 10) || 0, 0), 1_000);

function instantOf(header: string | undefined): Date | null {
  const instant = new Date(header ?? NaN);
  const year = instant.getUTCFullYear();
  return year >= 2000 && year < 2200 ? instant : null;
}

/** What a body is sealed for. */
export const placeOfWebhook = (id: string) => `webhook-event:${id}`;
