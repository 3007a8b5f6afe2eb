import { Inject, Injectable } from '@nestjs/common';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { SETTINGS, type Settings } from '../config.ts';
import type { Subscription } from '../platform/database/index.ts';

const DAY_MS = 24 * 3_600_000;

type Renewal = Pick<
  Subscription,
  'nextChargeAt' | 'renewalHeldAt' | 'renewalHeldReason' | 'pastDueSince' | 'graceUntil' | 'isTrial' | 'needsConsent'
>;

/** When a card on file is charged. */
@Injectable()
export class RenewalTerms {
  constructor(
    private readonly time: BusinessCalendar,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'renewalHour'>,
  ) {}

  /** At the renewal hour of the day on which the period ends; of the day before, where it ends earlier in the day. */
  chargeAt(endDate: Date): Date {
    const justBefore = new Date(endDate.getTime() - 1);
    const thatDay = this.time.timeOfDay(justBefore, this.settings.renewalHour);
    return thatDay < endDate
      ? thatDay
      : this.time.timeOfDay(new Date(endDate.getTime() - DAY_MS), this.settings.renewalHour);
  }

  /**
   * What becomes of the renewal when time was granted: nothing is owed, and the next charge follows the new end.
   *
   * Where a charge leads to an end whose own charge is due as well (the program was away for longer than a period), the next one
   * waits for an operator: nobody is charged for two periods at once. A purchase by hand, or a change of plan after the charge
   * hour, puts nothing on hold. A hold for another reason stays until an operator releases it.
   *
   * @param renews the card was charged for it
   */
  after(s: Subscription, before: Subscription | null, renews: boolean, now: Date): Renewal {
    const nextChargeAt = s.paymentMethodId !== null && !s.cancelAtPeriodEnd ? this.chargeAt(s.endDate) : null;
    const isDue = nextChargeAt !== null && nextChargeAt <= now;
    const severalDue = isDue && (renews || s.endDate <= now || before?.renewalHeldReason === 'SEVERAL_DUE');
    const stays = before?.renewalHeldAt != null && before.renewalHeldReason !== 'SEVERAL_DUE';
    const hold = stays
      ? { renewalHeldAt: before.renewalHeldAt, renewalHeldReason: before.renewalHeldReason }
      : { renewalHeldAt: severalDue ? now : null, renewalHeldReason: severalDue ? 'SEVERAL_DUE' : null };
    // A change of plan in the middle of a trial leaves its end, and the trial, as they are.
    const isTrial = before !== null && before.isTrial && before.endDate.getTime() === s.endDate.getTime();
    // A month that is bought by hand agrees to that month, not to what follows it.
    const needsConsent = before !== null && before.needsConsent && !renews;
    return { nextChargeAt, ...hold, pastDueSince: null, graceUntil: null, isTrial, needsConsent };
  }
}
