import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { type ConsentKind, PrismaService } from '../platform/database/index.ts';
import { chargeTerms, RenewalTerms, SubscriptionsService } from '../subscriptions/index.ts';
import { CONSENT_DAYS } from './next-charge.ts';

const DAY_MS = 24 * 3_600_000;

/** What the next charge may not be taken without. */
export interface NeededConsent {
  kind: ConsentKind;
  planId: number;
  /** In won, for a period. */
  price: number;
  chargeAt: Date;
  /** Given earlier it would have run out by then. */
  from: Date;
}

/** Whether the next charge waits for the buyer's word. Read, never written. */
@Injectable()
export class Consents {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly subscriptions: SubscriptionsService,
    private readonly terms: RenewalTerms,
  ) {}

  /** @throws Problem SUBSCRIPTION_NOT_FOUND */
  async needed(id: string, userId?: string): Promise<(NeededConsent & { open: boolean }) | null> {
    const subscription = await this.subscriptions.get(id, userId);
    const { isActive, needsConsent, paymentMethodId, cancelAtPeriodEnd } = subscription;
    // A change of a plan's price reaches nobody who agreed before: only what was free needs the buyer's word.
    if (!isActive || !needsConsent || paymentMethodId === null || cancelAtPeriodEnd) return null;
    const { planId, price } = chargeTerms(subscription);
    const now = this.clock.now();
    // Where it was given up already for want of the word, it is charged as soon as that comes.
    const planned = subscription.nextChargeAt ?? this.terms.chargeAt(subscription.endDate);
    const chargeAt = planned > now ? planned : now;
    const from = new Date(chargeAt.getTime() - CONSENT_DAYS * DAY_MS);
    const given = await this.prisma.consent.count({
      where: { subscriptionId: id, planId, price: { gte: price }, givenAt: { gte: from } },
    });
    return given > 0 ? null : { kind: 'TRIAL_TO_PAID', planId, price, chargeAt, from, open: from <= now };
  }
}
