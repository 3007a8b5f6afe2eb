import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { PaymentMethodsService } from '../payment-methods/index.ts';
import { PAYMENT_PROVIDER, type PaymentProvider, type WebhookHint } from '../providers/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { metrics } from '../platform/metrics.ts';
import { sealedColumn } from '../platform/crypto/reseal.ts';
import { SecretBox } from '../platform/crypto/secret-box.ts';
import { type IncomingWebhook, PrismaService } from '../platform/database/index.ts';
import { sha256 } from './body-hash.ts';
import { FloodLimits } from './flood-limits.ts';
import { FIND_ORDER, MERGE, STORE } from './incoming-webhook.statements.ts';
import { shownFields } from './shown-fields.ts';
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

/** What is kept of a body that cannot be read. */
const UNREADABLE: Pick<WebhookHint, 'type' | 'about'> = { type: 'UNKNOWN', about: 'other' };

const CARD: Subject = { orderId: null, isOpen: false, bodies: 0 };

/** Keeps the provider's webhooks: one statement to find what it is about, one to store it with its job. */
@Injectable()
export class IncomingWebhooks {
  private readonly log = new Logger('webhooks');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly box: SecretBox,
    private readonly methods: PaymentMethodsService,
    private readonly limits: FloodLimits,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
  ) {}

  /** What is about an order of ours is always taken; of anything else a digest is kept, within limits. */
  async receive(webhook: Transmission): Promise<Received> {
    const hint = this.provider.parseWebhook(webhook.json);
    const subject = hint && (await this.subjectOf(hint));
    if (subject) {
      if (subject.bodies < MAX_BODIES_OF_ORDER) await this.store(webhook, hint, subject);
      else await this.merge(webhook, hint, subject);
      return { kind: 'received' };
    }
    const verdict = await this.limits.take(webhook.address);
    if (verdict.kind === 'refuse') return { ...verdict, kind: 'refused' };
    if (verdict.kind === 'keep') await this.storeDigest(webhook, hint ?? UNREADABLE);
    return { kind: 'received' };
  }

  /** What it says; null where nothing of it was kept, or where it cannot be opened. */
  hintOf({ id, body }: Pick<IncomingWebhook, 'id' | 'body'>): WebhookHint | null {
    if (body === null) return null;
    try {
      return this.provider.parseWebhook(JSON.parse(this.box.open(body, placeOfWebhook(id))));
    } catch (error) {
      this.log.warn({
        message: 'the body of a webhook cannot be read',
        webhookEventId: id,
        error: (error as Error).message,
      });
      return null;
    }
  }

  /** What it says of the payment, as far as it is kept in the open. null: nothing */
  shownBy({ data }: { data: unknown }): Pick<WebhookHint, 'state' | 'balance'> | null {
    return data === null ? null : this.provider.parseWebhook(data);
  }

  private async subjectOf({ about, orderId, refundRef, deletedMethod }: WebhookHint): Promise<Subject | null> {
    switch (about) {
      case 'payment':
      case 'deposit':
        return orderId === null ? null : this.order({ orderId, transactionKey: null });
      case 'refund':
        return refundRef === null ? null : this.order({ orderId: null, transactionKey: refundRef });
      case 'payment_method':
        return deletedMethod !== null && (await this.methods.findByBillingKey(deletedMethod)) ? CARD : null;
      case 'other':
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
    { type, about, providerRef }: WebhookHint,
    { orderId, isOpen }: Subject,
  ): Promise<void> {
    const now = this.clock.now();
    const id = uuid();
    const hash = sha256(body);
    const transmissionId = headers.id && /^[\x21-\x7e]{1,100}$/.test(headers.id) ? headers.id : `body-${hash}`;
    await this.prisma.run(STORE, {
      ...{ id, transmissionId, type, about, orderId, providerRef, isUrgent: isOpen, now },
      provider: this.provider.name,
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
  private async merge(
    { body }: Transmission,
    { type, about }: WebhookHint,
    { orderId, isOpen }: Subject,
  ): Promise<void> {
    const now = this.clock.now();
    // Not at once, so that a flood does not ask the provider more often; nor ever later, so that it does not starve.
    const soon = new Date(now.getTime() + ORDER_INTERVAL_MS);
    metrics.webhooksNotKept.inc({ reason: 'merged' });
    await this.prisma.run(MERGE, {
      ...{ id: uuid(), transmissionId: `merged ${orderId}`, type, about, orderId, isUrgent: isOpen, now, soon },
      provider: this.provider.name,
      bodyHash: sha256(body),
    });
  }

  /** Type, time and hash of what is not ours. There is nothing to process, and nothing to show of it. */
  private async storeDigest(
    { body }: Transmission,
    { type, about }: Pick<WebhookHint, 'type' | 'about'>,
  ): Promise<void> {
    const now = this.clock.now();
    const bodyHash = sha256(body);
    await this.prisma.incomingWebhook.createMany({
      data: {
        id: uuid(),
        transmissionId: `body-${bodyHash}`,
        provider: this.provider.name,
        type,
        about,
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
const placeOfWebhook = (id: string) => `webhook-event:${id}`;
export const SEALED_WEBHOOK_BODIES = sealedColumn('incoming_webhook', 'body', placeOfWebhook);
