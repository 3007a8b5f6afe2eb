import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { CardsOnFile } from '../payment-methods/index.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { type Consent, PrismaService, sql } from '../platform/database/index.ts';
import { JobsService } from '../platform/jobs/index.ts';
import { chargeTerms, RenewalTerms, SubscriptionsService, type SubscriptionWithPlan } from '../subscriptions/index.ts';

export interface ConsentRequest {
  textVersion: string;
  channel: string;
  /** In won, as it was shown. undefined: the page does not say; it is what will be charged */
  price?: number | undefined;
}

const RENEW = 'renew-subscriptions';
const DAY_MS = 24 * 3_600_000;
const MAX_CONSENTS_PER_DAY = 20;

/** What a buyer decides about the card that their subscription renews from. */
@Injectable()
export class CardRenewals {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly cards: CardsOnFile,
    private readonly subscriptions: SubscriptionsService,
    private readonly renewal: RenewalTerms,
  ) {}

  /**
   * Has a subscription renewed from a card; what is past due is charged at once. One that did not renew itself does so from
   * now on, as it was agreed when it was bought.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, BILLING_KEY_NOT_FOUND, SUBSCRIPTION_CHANGED
   */
  async renewFrom(id: string, paymentMethodId: string, userId: string): Promise<SubscriptionWithPlan> {
    const now = this.clock.now();
    const before = await this.subscriptions.get(id, userId);
    if (!before.isActive) throw new Problem('SUBSCRIPTION_ENDED');
    const written = await this.prisma.statement(sql`
      WITH card AS (SELECT id FROM payment_method WHERE id = ${paymentMethodId}::uuid AND user_id = ${userId} AND status = 'ACTIVE' FOR SHARE),
      changed AS (
        UPDATE subscription SET payment_method_id = card.id, version = version + 1,
          next_charge_at = CASE
            WHEN cancel_at_period_end OR renewal_order_id IS NOT NULL THEN NULL
            WHEN past_due_since IS NOT NULL THEN ${now}::timestamptz
            ELSE COALESCE(next_charge_at, ${this.renewal.chargeAt(before.endDate)}::timestamptz) END
        FROM card WHERE subscription.id = ${id}::uuid AND is_active AND version = ${before.version}
        RETURNING past_due_since
      ), job AS (${JobsService.enqueue(RENEW, {}, 0, sql`changed WHERE past_due_since IS NOT NULL`, RENEW)})
      SELECT (SELECT count(*) FROM job) AS count FROM changed`);
    if (written.length > 0) return this.subscriptions.get(id, userId);
    await this.cards.usable(paymentMethodId, userId);
    throw new Problem('SUBSCRIPTION_CHANGED');
  }

  /**
   * Records that the buyer agrees to what the next charge takes; the law asks for it before the first one after a trial. A renewal
   * that was given up for want of it is planned again.
   *
   * @throws Problem SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_ENDED, AMOUNT_MISMATCH when another price was shown than will be charged
   */
  async consent(
    id: string,
    request: ConsentRequest,
    { userId, address }: { userId: string; address: string },
  ): Promise<Consent> {
    const now = this.clock.now();
    const subscription = await this.subscriptions.get(id, userId);
    if (!subscription.isActive) throw new Problem('SUBSCRIPTION_ENDED');
    const lately = { subscriptionId: id, givenAt: { gt: new Date(now.getTime() - DAY_MS), lte: now } };
    if ((await this.prisma.consent.count({ where: lately })) >= MAX_CONSENTS_PER_DAY)
      throw new Problem('TOO_MANY_REQUESTS');
    const { planId, price } = chargeTerms(subscription);
    if (request.price !== undefined && request.price !== price) throw new Problem('AMOUNT_MISMATCH');
    const { textVersion, channel } = request;
    const kind = subscription.needsConsent ? 'TRIAL_TO_PAID' : 'PRICE_RISE';
    return this.prisma.atomically(async (tx) => {
      const consent = await tx.consent.create({
        data: {
          id: uuid(),
          subscriptionId: id,
          kind,
          planId,
          price,
          textVersion,
          channel,
          userId,
          address,
          givenAt: now,
        },
      });
      await tx.$executeRaw(sql`
        UPDATE subscription SET version = version + 1,
          next_charge_at = CASE WHEN past_due_since IS NULL THEN ${this.renewal.chargeAt(subscription.endDate)}::timestamptz ELSE ${now}::timestamptz END
        WHERE id = ${id}::uuid AND is_active AND end_date = ${subscription.endDate}::timestamptz AND payment_method_id IS NOT NULL AND NOT cancel_at_period_end
          AND next_charge_at IS NULL AND renewal_order_id IS NULL AND grace_until IS NULL`);
      return consent;
    });
  }
}
