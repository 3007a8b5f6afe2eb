import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { CustomersService } from '../customers/index.ts';
import type { PaymentMethod, Tx } from '../platform/database/index.ts';
import { type Page, pageOf, uuidPositionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { Clock } from '../platform/time/clock.ts';
import { explain, PAYMENT_PROVIDER, type PaymentProvider, type SavedPaymentMethod } from '../providers/index.ts';
import { CardsOnFile } from './cards-on-file.ts';
import { PaymentMethodRepository } from './payment-method.repository.ts';

/** Long enough for a new connection; short for a buyer. */
const RETRY_DELAY_MS = 300;

const HOUR_MS = 3_600_000;
/** A buyer who registers more cards than that is testing stolen ones. */
const MAX_REGISTRATIONS_PER_HOUR = 10;

/** What the payment window answers when a buyer has registered a card. */
export interface Registration {
  /** One-time, and a secret until it is used. */
  authKey: string;
  customerKey: string;
}

/** Cards on file, and the provider's billing keys for them. */
@Injectable()
export class PaymentMethodsService {
  private readonly log = new Logger('billing-keys');

  constructor(
    private readonly repository: PaymentMethodRepository,
    private readonly clock: Clock,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    private readonly customers: CustomersService,
    private readonly cards: CardsOnFile,
  ) {}

  /** What is on file, newest first. */
  async list<View>(
    userId: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    view: (row: PaymentMethod) => View,
  ): Promise<Page<View>> {
    const rows = await this.repository.list(userId, uuidPositionOf(cursor), limit);
    return pageOf(rows, limit, (row) => row, view);
  }

  /**
   * 1. Begin the registration: it is committed before the provider is called. The authKey itself is never stored. The
   * same authKey again is the same card.
   *
   * @param userId null: the buyer's browser came back from the provider without a token; the customer key is
   * unguessable, and identifies them
   * @throws Problem VALIDATION_FAILED for another user's customer key, TOO_MANY_REQUESTS, BILLING_KEY_DECLINED for
   * another user's authKey
   */
  async begin({ authKey, customerKey }: Registration, userId: string | null): Promise<PaymentMethod> {
    const owner = await this.customers.userOf(customerKey);
    if (owner === null || owner !== (userId ?? owner)) throw notTheirCustomerKey();
    const id = uuid();
    const authKeyHash = hashOf(authKey);
    const now = this.clock.now();
    const lastHour = new Date(now.getTime() - HOUR_MS);
    const registered = await this.repository.countRegistered(owner, lastHour, now, authKeyHash);
    if (registered >= MAX_REGISTRATIONS_PER_HOUR) throw new Problem('TOO_MANY_REQUESTS');
    const idempotencyKey = `billing-key-${id}`;
    const { name: provider } = this.provider;
    const begun = { id, userId: owner, customerKey, provider, authKeyHash, idempotencyKey, createdAt: now };
    const kept = await this.repository.begin(begun);
    if (kept.userId !== owner) throw declined('NOT_FOUND_BILLING', '');
    return kept;
  }

  /**
   * 2. Call the provider. A lost answer is requested once more under the same idempotency key, which the provider
   * replays; and so is one that another request waits for.
   */
  async issue({ id, customerKey, idempotencyKey }: PaymentMethod, authKey: string): Promise<SavedPaymentMethod> {
    const request = { authorization: authKey, customerRef: customerKey, idempotencyKey };
    const first = await this.provider.savePaymentMethod(request);
    if (first.kind !== 'unknown') return first;
    this.log.warn({ message: 'it is not known whether a card is on file', cardId: id, provider: first.code });
    await sleep(RETRY_DELAY_MS);
    return this.provider.savePaymentMethod(request);
  }

  /** 3. Record the outcome: the card is on file. @returns false where that was recorded before */
  async activate(tx: Tx, id: string, { reference, display }: Saved): Promise<boolean> {
    const { method, issuerCode, cardNumber, cardType } = display;
    return this.repository.activate(tx, id, {
      sealedKey: this.cards.seal(id, reference),
      keyHash: hashOf(reference),
      method: method?.slice(0, 30) ?? null,
      issuerCode: issuerCode?.slice(0, 4) ?? null,
      cardNumber: cardNumber?.slice(0, 30) ?? null,
      cardType: cardType?.slice(0, 10) ?? null,
      issuedAt: this.clock.now(),
    });
  }

  /** ... or there is none, or that is not known. */
  async fail(id: string, issued: Exclude<SavedPaymentMethod, { kind: 'saved' }>): Promise<void> {
    const isDeclined = issued.kind === 'declined';
    const { code, message } = isDeclined ? issued.error : { code: issued.code, message: '' };
    const failure = { failureCode: code.slice(0, 100), failureMessage: message.slice(0, 600) };
    await this.repository.fail(id, isDeclined ? 'FAILED' : 'UNKNOWN', failure);
    this.log.warn({ message: 'no card put on file', cardId: id, provider: code });
  }

  /**
   * What became of a registration.
   *
   * @throws Problem BILLING_KEY_DECLINED, BILLING_KEY_NOT_FOUND, PROVIDER_MISCONFIGURED
   */
  async registered(id: string): Promise<PaymentMethod> {
    const method = await this.repository.get(id);
    if (method.status === 'FAILED') throw declined(method.failureCode ?? '', method.failureMessage ?? '');
    if (method.status === 'DELETED') throw new Problem('BILLING_KEY_NOT_FOUND');
    return method;
  }

  /**
   * Deletes the provider's billing key of a card.
   *
   * @throws Problem PROVIDER_MISCONFIGURED, PROVIDER_UNAVAILABLE (the card stays on file)
   */
  async deleteAtProvider(id: string): Promise<void> {
    const card = await this.cards.open(id);
    const refused = card && (await this.provider.deletePaymentMethod(card.reference));
    if (!refused) return;
    this.log.error({ message: 'a card could not be taken off file at the provider', cardId: id, toss: refused.code });
    throw new Problem(refused.answered ? 'PROVIDER_MISCONFIGURED' : 'PROVIDER_UNAVAILABLE');
  }

  /** The card of a billing key, which only the provider and the program know. */
  findByBillingKey(billingKey: string): Promise<PaymentMethod | null> {
    return this.repository.findByKeyHash(hashOf(billingKey));
  }
}

/** A payment method that the provider has saved. */
type Saved = Extract<SavedPaymentMethod, { kind: 'saved' }>;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A decline in the provider's words; but where our credentials are refused, the buyer can do nothing. */
function declined(code: string, message: string): Problem {
  const meaning = explain(code);
  if (meaning.hint === 'credentials_refused') return new Problem('PROVIDER_MISCONFIGURED');
  return new Problem('BILLING_KEY_DECLINED', { toss: { code, message: message || meaning.message || code } });
}

function notTheirCustomerKey(): Problem {
  const message = 'not the customer key of this user: GET /v1/billing-keys/registration';
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'customerKey', message }] });
}
