import { Injectable, Logger } from '@nestjs/common';
import { v4 as uuid } from 'uuid';
import { BalanceRepository, ChargingRepository } from '../../customers/index.ts';
import { InvoiceRepository } from '../../invoices/index.ts';
import { Outbox } from '../../outbox/index.ts';
import { type Attempt, AttemptRepository, type NewCharge } from '../begin-attempt/index.ts';
import { isDefect, PrismaService, type Subscription, type Tx } from '../../platform/database/index.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import {
  chargeBegun,
  ChargeDate,
  chargePlanned,
  decideRenewal,
  grantPurchase,
  heldForDefect,
  type RenewalDecision,
  RenewalNotices,
  SubscriptionRepository,
} from '../../subscriptions/index.ts';
import { type DueRenewal, DueRenewals } from './due-renewals.repository.ts';

/** While another payment of the buyer's is under way, their card waits. */
const POSTPONED_MS = 10 * 60_000;

/** What was decided about renewals that were due. */
export interface BegunRenewals {
  /** Attempts whose idempotency key is committed: to be requested. */
  charges: Attempt[];
  /** How many were decided about, charges among them. */
  decided: number;
}

/** 1. Begin the attempts: what is due is locked, decided, and committed before the provider is called. */
@Injectable()
export class BeginRenewals {
  private readonly log = new Logger('renewals');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly chargeDate: ChargeDate,
    private readonly due: DueRenewals,
    private readonly attempts: AttemptRepository,
    private readonly invoices: InvoiceRepository,
    private readonly charging: ChargingRepository,
    private readonly balance: BalanceRepository,
    private readonly subscriptions: SubscriptionRepository,
    private readonly notices: RenewalNotices,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Takes the renewals that have been due for longest, locks their buyers, and decides about each as it is then:
   * nothing that was cancelled, refunded, changed or paid otherwise before can be charged.
   *
   * A renewal that cannot be decided about, for whatever defect, is put on hold for an operator and stops no other.
   */
  async begin(limit: number): Promise<BegunRenewals> {
    const taken: string[] = [];
    try {
      return await this.decideAll((tx, now) => this.due.lock(tx, now, limit), taken);
    } catch (error) {
      if (!isDefect(error)) throw error;
    }
    // One of them is at fault: each by itself.
    const begun: BegunRenewals = { charges: [], decided: 0 };
    for (const id of taken) {
      const one = await this.decideOne(id);
      begun.charges.push(...one.charges);
      begun.decided += one.decided;
    }
    return begun;
  }

  private async decideOne(id: string): Promise<BegunRenewals> {
    try {
      return await this.decideAll((tx, now) => this.due.lockOne(tx, now, id));
    } catch (error) {
      return this.hold(id, error);
    }
  }

  /** @param taken is filled with the ids that were locked, for the caller of what fails */
  private decideAll(lock: (tx: Tx, now: Date) => Promise<string[]>, taken: string[] = []): Promise<BegunRenewals> {
    return this.prisma.atomically(async (tx) => {
      const now = this.clock.now();
      const ids = await lock(tx, now);
      taken.splice(0, taken.length, ...ids);
      const day = { midnight: this.calendar.startOfDay(now), nextMidnight: this.calendar.endOfDay(now) };
      const renewals = await this.due.facts(tx, ids, day);
      const charges: { renewal: DueRenewal; orderId: string }[] = [];
      for (const renewal of renewals) {
        const decision = decideRenewal(renewal);
        if (decision.kind === 'charge') charges.push({ renewal, orderId: decision.orderId ?? uuid() });
        else await this.writeOther(tx, renewal, decision, now);
      }
      return { charges: await this.beginCharges(tx, charges, now), decided: renewals.length };
    });
  }

  /** Payments and attempts; and that the subscriptions and their buyers wait for the outcome. */
  private async beginCharges(
    tx: Tx,
    charges: { renewal: DueRenewal; orderId: string }[],
    now: Date,
  ): Promise<Attempt[]> {
    await this.invoices.lapse(tx, charges.flatMap(replacedBy));
    const begun = await this.attempts.beginCharges(tx, charges.map(chargeOf), now);
    const waiting = charges.map(({ renewal: { subscription }, orderId }) => ({
      before: subscription,
      after: chargeBegun(subscription, orderId),
    }));
    await this.subscriptions.saveAll(tx, waiting);
    await this.charging.begin(
      tx,
      begun.map(({ payment: { userId, orderId } }) => ({ userId, orderId })),
    );
    const byOrder = new Map(waiting.map(({ after }) => [after.renewalOrderId, after]));
    return begun.map((attempt) => ({ ...attempt, subscription: byOrder.get(attempt.payment.orderId) ?? null }));
  }

  /** Every decision but a charge. */
  private async writeOther(tx: Tx, due: DueRenewal, decision: Exclude<RenewalDecision, { kind: 'charge' }>, now: Date) {
    const { subscription, charge } = due;
    const { id, userId, endDate } = subscription;
    switch (decision.kind) {
      case 'grant':
        return this.grant(tx, due, now);
      case 'announce':
        // Announced today, charged at the charge hour of another day.
        return this.notices.announceBeforeCharge(tx, id, this.chargeDate.tomorrow(now));
      case 'postpone':
        this.log.warn({ message: 'renewal postponed: the buyer is paying otherwise', subscriptionId: id });
        return this.plan(tx, subscription, new Date(now.getTime() + POSTPONED_MS));
      case 'no_consent': {
        this.log.warn({ message: 'not renewed: the buyer has not consented', subscriptionId: id });
        await this.plan(tx, subscription, null);
        const data = { planId: charge.planId, price: charge.price, endDate };
        const event = { type: 'subscription.consent_missing' as const, userId, subscriptionId: id, data };
        return this.outbox.write(tx, [event], now);
      }
      case 'already_renewed': {
        const message = 'a period whose renewal is paid or under way fell due again; it is not charged';
        this.log.error({ message, subscriptionId: id });
        return this.plan(tx, subscription, null);
      }
    }
  }

  private plan(tx: Tx, subscription: Subscription, nextChargeAt: Date | null): Promise<void> {
    return this.subscriptions.save(tx, subscription, chargePlanned(subscription, nextChargeAt));
  }

  /** The balance pays: the period is granted, and its price is taken from the balance. */
  private async grant(tx: Tx, { subscription, charge }: DueRenewal, now: Date): Promise<void> {
    const { userId, id } = subscription;
    const { planId, months, price } = charge;
    const terms = { orderId: null, planId, months, value: price, price, takesOver: false, renews: true };
    const current = { subscription, periods: [] };
    const grant = grantPurchase(this.calendar, this.chargeDate, current, terms, userId, now);
    await this.subscriptions.saveGrant(tx, grant);
    await this.outbox.write(tx, [{ ...grant.event, userId, subscriptionId: id }], now);
    await this.balance.add(tx, { userId, amount: -price, reason: 'used', orderId: null }, now);
    this.log.log({ message: 'renewed without a charge: the balance paid', subscriptionId: id, price });
  }

  /** A defect of this one: it waits for an operator. @throws trouble with the database, which others would meet too */
  private async hold(id: string, error: unknown): Promise<BegunRenewals> {
    if (!isDefect(error)) throw error;
    const held = await this.prisma.atomically(async (tx) => {
      const subscription = await this.subscriptions.lock(tx, id);
      if (!subscription) return false;
      if (subscription.renewalHeldAt !== null || subscription.renewalOrderId !== null) return false;
      if (subscription.nextChargeAt === null) return false;
      await this.subscriptions.save(tx, subscription, heldForDefect(subscription, this.clock.now()));
      return true;
    });
    const message = 'a renewal was put on hold: it could not be decided about';
    if (held) this.log.error({ message, subscriptionId: id, error: (error as Error).stack });
    return { charges: [], decided: held ? 1 : 0 };
  }
}

/** The orders of the same period that were declined, where another is made. */
function replacedBy({ renewal, orderId }: { renewal: DueRenewal; orderId: string }): string[] {
  return renewal.earlier.map((earlier) => earlier.orderId).filter((earlier) => earlier !== orderId);
}

function chargeOf({ renewal, orderId }: { renewal: DueRenewal; orderId: string }): NewCharge {
  const { subscription, charge, consentId, planName, currency } = renewal;
  const { planId, months, amount, balanceUsed, lines } = charge;
  const { id, userId, endDate, paymentMethodId, nextChargeAt } = subscription;
  return {
    ...{
      orderId,
      userId,
      planId,
      priceId: null,
      orderName: planName,
      amount,
      currency,
      durationMonths: months,
      balanceUsed,
    },
    ...{
      paymentMethodId: paymentMethodId!,
      subscriptionId: id,
      dueAt: endDate,
      consentId,
      plannedAt: nextChargeAt,
      lines,
    },
  };
}
