import { Injectable } from '@nestjs/common';
import { type NewEvent, Outbox } from '../outbox/index.ts';
import { PrismaService, type Subscription, type Tx } from '../platform/database/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { type Renewal, RenewalRepository } from './renewal.repository.ts';
import { announced, isAnnounced } from './subscription.machine.ts';

/** Days of the calendar ahead of the charge. */
const DAYS_AHEAD = 7;
const DAY_MS = 24 * 3_600_000;

/** Announces every renewal before money moves, once; again only when another amount is going to be charged. */
@Injectable()
export class RenewalNotices {
  constructor(
    private readonly prisma: PrismaService,
    private readonly renewals: RenewalRepository,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly outbox: Outbox,
  ) {}

  /** @returns how many were announced */
  async announce(): Promise<number> {
    const until = this.calendar.midnightOf(this.calendar.day(this.clock.now()), DAYS_AHEAD + 1);
    let count = 0;
    for await (const batch of this.renewals.toAnnounce(until)) {
      const due = batch.filter((renewal) => needsAnnouncement(renewal));
      if (due.length > 0) count += await this.prisma.atomically((tx) => this.write(tx, due));
    }
    return count;
  }

  /**
   * Announces what one renewal is going to charge, and puts the charge off until then: an amount that was not
   * announced, or more than was, is not charged. In the caller's transaction, which has locked the subscription.
   */
  async announceBeforeCharge(tx: Tx, subscriptionId: string, chargeAt: Date): Promise<void> {
    await this.write(tx, await this.renewals.byId([subscriptionId], tx), chargeAt);
  }

  /** When {@link announce} next finds something to do; null for nothing. */
  async nextDue(): Promise<Date | null> {
    for await (const batch of this.renewals.toAnnounce(FOREVER)) {
      const next = batch.find((renewal) => needsAnnouncement(renewal))?.subscription.nextChargeAt;
      if (next) return this.calendar.startOfDay(new Date(next.getTime() - DAYS_AHEAD * DAY_MS));
    }
    return null;
  }

  private async write(tx: Tx, renewals: readonly Renewal[], chargeAt?: Date): Promise<number> {
    const changes = renewals.map((renewal) => {
      const { subscription: before, charge } = renewal;
      return { before, after: announced(before, charge.amount, chargeAt), renewal };
    });
    const written = await this.renewals.announce(tx, changes, chargeAt !== undefined);
    const recorded = changes.filter(({ before }) => written.has(before.id));
    const events = recorded.map(({ after, renewal }) => noticeOf(after, renewal));
    await this.outbox.write(tx, events, this.clock.now());
    return recorded.length;
  }
}

const FOREVER = new Date('9999-12-31T00:00:00Z');

/**
 * Once the charge was put off past the end of the period, only a larger amount is announced: a balance that goes up and
 * down in turn does not put the charge off forever.
 */
function needsAnnouncement({ subscription, charge }: Renewal): boolean {
  const { announcedAmount, nextChargeAt, endDate } = subscription;
  if (!isAnnounced(subscription) || announcedAmount === null) return true;
  return announcedAmount < charge.amount || (announcedAmount > charge.amount && nextChargeAt! < endDate);
}

function noticeOf(
  { id, userId, nextChargeAt, paymentMethodId, needsConsent }: Subscription,
  renewal: Renewal,
): NewEvent {
  const { planId, amount, price } = renewal.charge;
  const { issuerCode, cardNumber } = renewal.card;
  const lastDigits = (cardNumber ?? '').replaceAll(/[^0-9*]/g, '').slice(-4);
  return {
    type: 'subscription.renewal_upcoming',
    userId,
    subscriptionId: id,
    data: {
      ...{ planId, amount, price, chargeAt: nextChargeAt!, billingKeyId: paymentMethodId! },
      card: { issuerCode, lastDigits },
      consentRequired: needsConsent && renewal.consentId === null,
    },
  };
}
