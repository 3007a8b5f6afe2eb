import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { RequestOrigin } from '../audit/index.ts';
import { type Consent, type ConsentKind, PrismaService } from '../platform/database/index.ts';
import { Problem } from '../platform/problem.ts';
import { Clock } from '../platform/time/clock.ts';
import { chargeTerms } from './agreement.ts';
import { ChargeDate } from './charge-date.ts';
import { CONSENT_DAYS } from './renewal.policy.ts';
import { consented, renewsItself } from './subscription.machine.ts';
import { SubscriptionRepository } from './subscription.repository.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_CONSENTS_PER_DAY = 20;

export interface ConsentRequest {
  textVersion: string;
  channel: string;
  /** In won, as it was shown. undefined: the page does not say; it is what will be charged */
  price?: number | undefined;
}

/** What the next charge may not be taken without. */
export interface NeededConsent {
  kind: ConsentKind;
  planId: number;
  /** In won, for a period. */
  price: number;
  chargeAt: Date;
  /** Given earlier it would have run out by then. */
  from: Date;
  /** It can be given now. */
  open: boolean;
}

/** The consents that the law asks for before the first charge after a trial. */
@Injectable()
export class Consents {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly subscriptions: SubscriptionsService,
    private readonly repository: SubscriptionRepository,
    private readonly chargeDate: ChargeDate,
  ) {}

  /**
   * What the next charge waits for. null: nothing, or it was given.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND
   */
  async needed(id: string, userId?: string): Promise<NeededConsent | null> {
    const subscription = await this.subscriptions.get(id, userId);
    // A change of a plan's price reaches no buyer who agreed before: only what was free needs their consent.
    if (!subscription.needsConsent || !renewsItself(subscription)) return null;
    const { planId, price } = chargeTerms(subscription);
    const now = this.clock.now();
    // Where it was given up already for want of the consent, it is charged as soon as that comes.
    const planned = subscription.nextChargeAt ?? this.chargeDate.of(subscription.endDate);
    const chargeAt = planned > now ? planned : now;
    const from = new Date(chargeAt.getTime() - CONSENT_DAYS * DAY_MS);
    const given = await this.prisma.consent.count({
      where: { subscriptionId: id, planId, price: { gte: price }, givenAt: { gte: from } },
    });
    return given > 0 ? null : { kind: 'TRIAL_TO_PAID', planId, price, chargeAt, from, open: from <= now };
  }

  /**
   * Records that the buyer agrees to what the next charge takes. A renewal that was given up for want of it is planned
   * again.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, TOO_MANY_REQUESTS, AMOUNT_MISMATCH when another price
   * was shown than will be charged
   */
  async give(id: string, request: ConsentRequest, { userId, address }: RequestOrigin): Promise<Consent> {
    await this.subscriptions.get(id, userId);
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      const before = (await this.repository.lock(tx, id))!;
      if (!before.isActive) throw new Problem('SUBSCRIPTION_ENDED');
      const lastDay = { gt: new Date(now.getTime() - DAY_MS), lte: now };
      if ((await tx.consent.count({ where: { subscriptionId: id, givenAt: lastDay } })) >= MAX_CONSENTS_PER_DAY)
        throw new Problem('TOO_MANY_REQUESTS');
      const { planId, price } = chargeTerms(before);
      if (request.price !== undefined && request.price !== price) throw new Problem('AMOUNT_MISMATCH');
      const { textVersion, channel } = request;
      const kind = before.needsConsent ? 'TRIAL_TO_PAID' : 'PRICE_RISE';
      const given = { kind, planId, price, textVersion, channel, userId, address, givenAt: now } as const;
      await this.repository.save(tx, before, consented(before, this.chargeDate.of(before.endDate), now));
      return tx.consent.create({ data: { id: uuid(), subscriptionId: id, ...given } });
    });
  }
}
