import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Clock } from '../platform/time/clock.ts';
import { type Page, pageOf, uuidPositionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { CustomersService } from '../customers/index.ts';
import { type PaymentMethod, PrismaService, sql } from '../platform/database/index.ts';
import { Outbox } from '../outbox/index.ts';
import { type Issued, koreanReason, refusesOurKey, TossClient } from '../providers/toss/index.ts';
import { CardsOnFile } from './cards-on-file.ts';
import { moveSubscriptionsTo, takeFromSubscriptions } from './card-moves.ts';

/** Long enough for a connection to be made anew; short for a buyer. */
const BREATH_MS = 300;

const HOUR_MS = 3_600_000;
/** A buyer who registers more cards than that is testing stolen ones. */
const MAX_REGISTRATIONS_PER_HOUR = 10;

/** What the payment window answers when a buyer has registered a card. */
export interface Registration {
  /** One-time, and a secret until it is used. */
  authKey: string;
  customerKey: string;
}

@Injectable()
export class BillingKeysService {
  private readonly log = new Logger('billing-keys');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly toss: TossClient,
    private readonly customers: CustomersService,
    private readonly cards: CardsOnFile,
    private readonly outbox: Outbox,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Puts a card on file; the answer tells whether it is, or whether nobody knows. It is then the card that the buyer's
   * subscription renews from, if that renews itself; one that is past due is charged at once. The same authKey again is the same
   * card: what a lost answer left open is asked again under the same idempotency key, which Toss replays.
   *
   * @param userId null: the buyer's browser came back from Toss without a token; the customer key, which nobody can guess, stands for them
   * @throws Problem VALIDATION_FAILED for somebody else's customer key, BILLING_KEY_DECLINED, PROVIDER_MISCONFIGURED
   */
  async register(registration: Registration, userId: string | null): Promise<PaymentMethod> {
    const { authKey, customerKey } = registration;
    if (this.settings.tossBillingKeys === null) throw new Problem('PROVIDER_MISCONFIGURED');
    const owner = await this.customers.userOf(customerKey);
    if (owner === null || owner !== (userId ?? owner))
      throw new Problem('VALIDATION_FAILED', {
        errors: [
          { path: 'customerKey', message: 'not the customer key of this user: GET /v1/billing-keys/registration' },
        ],
      });
    const asked = await this.writeDown(registration, owner);
    if (asked.status === 'ISSUING' || asked.status === 'UNKNOWN')
      await this.keep(asked, await this.issue(asked, authKey));
    const key = await this.prisma.paymentMethod.findUniqueOrThrow({ where: { id: asked.id } });
    if (key.status === 'FAILED') throw declined(key.failureCode ?? '', key.failureMessage ?? '');
    if (key.status === 'DELETED') throw new Problem('BILLING_KEY_NOT_FOUND');
    return key;
  }

  /** What stands on file, newest first. */
  async list<View>(
    userId: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    view: (row: PaymentMethod) => View,
  ): Promise<Page<View>> {
    const after = uuidPositionOf(cursor);
    const rows = await this.prisma.paymentMethod.findMany({
      where: {
        userId,
        status: 'ACTIVE',
        ...(after && {
          OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    });
    return pageOf(rows, limit, (row) => row, view);
  }

  /**
   * Takes a card off file: at Toss first, then here, so that none is forgotten that can still be charged. What renewed from it
   * renews from another card, or ends with its period.
   *
   * @param replaceWith the card that renews from now on what this one renewed
   * @throws Problem BILLING_KEY_NOT_FOUND, PAYMENT_IN_PROGRESS, PROVIDER_MISCONFIGURED, PROVIDER_UNAVAILABLE (the card stays on file)
   */
  async remove(id: string, userId: string, replaceWith?: string): Promise<void> {
    await this.cards.usable(id, userId);
    if (replaceWith !== undefined) {
      const other = replaceWith === id ? null : await this.cards.usable(replaceWith, userId);
      if (!other)
        throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'replaceWith', message: 'must be another card' }] });
    }
    // What is under way with it could not be asked again, nor known for sure, without it.
    if ((await this.prisma.payment.count({ where: { paymentMethodId: id, status: 'PENDING', stoppedAt: null } })) > 0)
      throw new Problem('PAYMENT_IN_PROGRESS');
    if (replaceWith !== undefined) await this.replace(id, replaceWith);
    const card = await this.cards.open(id);
    const refused = card && (await this.toss.deleteBillingKey(card.billingKey));
    if (refused) {
      this.log.error({ message: 'a card could not be taken off file at Toss', cardId: id, toss: refused.code });
      throw new Problem(refused.tossAnswered ? 'PROVIDER_MISCONFIGURED' : 'PROVIDER_UNAVAILABLE');
    }
    await this.forget(id);
    this.log.log({ message: 'card taken off file', cardId: id });
  }

  private async replace(id: string, replaceWith: string): Promise<void> {
    await this.prisma.statement(sql`
      WITH issued AS (SELECT id, user_id FROM payment_method WHERE id = ${replaceWith}::uuid AND status = 'ACTIVE'),
      ${moveSubscriptionsTo(this.outbox, this.clock.now(), sql`payment_method_id = ${id}::uuid`)}`);
  }

  /**
   * Toss says to have deleted a key. Toss cannot be asked about one, so the key itself is the proof: nobody else knows it.
   *
   * @returns false for one that is not ours, or was forgotten before
   */
  async deletedAtToss(billingKey: string): Promise<boolean> {
    const card = await this.prisma.paymentMethod.findUnique({
      where: { keyHash: hashOf(billingKey) },
      select: { id: true, status: true },
    });
    if (card?.status !== 'ACTIVE') return false;
    await this.forget(card.id);
    this.log.warn({ message: 'Toss deleted a card that was on file', cardId: card.id });
    return true;
  }

  /** Whether a key is, or was, one of a card on file. */
  async knows(billingKey: string): Promise<boolean> {
    return (await this.prisma.paymentMethod.count({ where: { keyHash: hashOf(billingKey) } })) > 0;
  }

  private async forget(id: string): Promise<void> {
    const now = this.clock.now();
    await this.prisma.$executeRaw(sql`
      WITH deleted AS (
        UPDATE payment_method SET status = 'DELETED', sealed_key = NULL, deleted_at = ${now}::timestamptz WHERE id = ${id}::uuid AND status = 'ACTIVE' RETURNING id
      ) ${takeFromSubscriptions(this.outbox, now)}`);
  }

  /** The asking, committed before it is made. The authKey itself is never stored. */
  private async writeDown({ authKey, customerKey }: Registration, userId: string): Promise<PaymentMethod> {
    const id = uuid();
    const authKeyHash = hashOf(authKey);
    const now = this.clock.now();
    const lately = {
      userId,
      createdAt: { gt: new Date(now.getTime() - HOUR_MS), lte: now },
      authKeyHash: { not: authKeyHash },
    };
    if ((await this.prisma.paymentMethod.count({ where: lately })) >= MAX_REGISTRATIONS_PER_HOUR)
      throw new Problem('TOO_MANY_REQUESTS');
    await this.prisma.$executeRaw(sql`
      INSERT INTO payment_method (id, user_id, customer_key, status, auth_key_hash, idempotency_key, created_at)
      VALUES (${id}::uuid, ${userId}, ${customerKey}, 'ISSUING', ${authKeyHash}, ${`billing-key-${id}`}, ${now}::timestamptz)
      ON CONFLICT (auth_key_hash) DO NOTHING`);
    const key = await this.prisma.paymentMethod.findUniqueOrThrow({ where: { authKeyHash } });
    if (key.userId !== userId) throw declined('NOT_FOUND_BILLING', '');
    return key;
  }

  /** A lost answer is asked for once more in the same words, which Toss replays; and so is one that somebody else is waiting for. */
  private async issue({ id, customerKey, idempotencyKey }: PaymentMethod, authKey: string): Promise<Issued> {
    const first = await this.toss.issueBillingKey({ authKey, customerKey, idempotencyKey });
    if (first.kind !== 'unknown') return first;
    this.log.warn({ message: 'nobody knows yet whether a card is on file', cardId: id, toss: first.code });
    await sleep(BREATH_MS);
    return this.toss.issueBillingKey({ authKey, customerKey, idempotencyKey });
  }

  private async keep({ id }: PaymentMethod, issued: Issued): Promise<void> {
    const now = this.clock.now();
    if (issued.kind !== 'issued') {
      const failure = issued.kind === 'declined' ? issued.error : { code: issued.code, message: '' };
      const data = {
        status: issued.kind === 'declined' ? ('FAILED' as const) : ('UNKNOWN' as const),
        failureCode: failure.code.slice(0, 100),
        failureMessage: failure.message.slice(0, 600),
      };
      await this.prisma.paymentMethod.updateMany({ where: { id, status: { in: ['ISSUING', 'UNKNOWN'] } }, data });
      return this.log.warn({ message: 'no card put on file', cardId: id, toss: failure.code });
    }
    const { card } = issued;
    await this.prisma.$queryRaw(sql`
      WITH issued AS (
        UPDATE payment_method SET status = 'ACTIVE', sealed_key = ${this.cards.seal(id, card.billingKey)}, key_hash = ${hashOf(card.billingKey)}, method = ${card.method?.slice(0, 30) ?? null}, issuer_code = ${card.issuerCode?.slice(0, 4) ?? null},
          card_number = ${card.cardNumber?.slice(0, 30) ?? null}, card_type = ${card.cardType?.slice(0, 10) ?? null}, failure_code = NULL, failure_message = NULL, issued_at = ${now}::timestamptz
        WHERE id = ${id}::uuid AND status IN ('ISSUING', 'UNKNOWN')
        RETURNING id, user_id
      ), ${moveSubscriptionsTo(this.outbox, now)}`);
    this.log.log({ message: 'card put on file', cardId: id });
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Toss's no, in Toss's words; but when it is our key that Toss refuses, that is our trouble. */
function declined(code: string, message: string): Problem {
  if (refusesOurKey(code)) return new Problem('PROVIDER_MISCONFIGURED');
  return new Problem('BILLING_KEY_DECLINED', { toss: { code, message: message || koreanReason(code) || code } });
}
