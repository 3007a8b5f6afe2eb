import { Inject, Injectable } from '@nestjs/common';
import { BusinessTime } from '../common/business-time.ts';
import { SETTINGS, type Settings } from '../config.ts';
import type { Subscription } from '../db/index.ts';

const DAY_MS = 24 * 3_600_000;

/** When a card on file is charged. */
@Injectable()
export class RenewalTerms {
  constructor(
    private readonly time: BusinessTime,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'renewalHour'>,
  ) {}

  /** At the renewal hour of the day on which the period ends; of the day before, where it ends earlier in the day. */
  chargeAt(endDate: Date): Date {
    const justBefore = new Date(endDate.getTime() - 1);
    const thatDay = this.time.timeOfDay(justBefore, this.settings.renewalHour);
    return thatDay < endDate ? thatDay : this.time.timeOfDay(new Date(endDate.getTime() - DAY_MS), this.settings.renewalHour);
  }

  /**
   * What becomes of the renewal when time was bought, however it was paid: nothing is owed, and the next charge follows the new
   * end. Where that has come already (the program was away for longer than a period), it waits for an operator's word: nobody is
   * charged for two periods at once.
   */
  after(s: Subscription, before: Subscription | null, now: Date): Pick<Subscription, 'nextChargeAt' | 'renewalHeldAt' | 'pastDueSince' | 'graceUntil' | 'isTrial'> {
    const renews = s.billingKeyId !== null && !s.cancelAtPeriodEnd;
    const nextChargeAt = renews ? this.chargeAt(s.endDate) : null;
    const renewalHeldAt = nextChargeAt !== null && nextChargeAt <= now ? now : null;
    // A change of plan in the middle of a trial leaves its end, and the trial, as they are.
    const isTrial = before !== null && before.isTrial && before.endDate.getTime() === s.endDate.getTime();
    return { nextChargeAt, renewalHeldAt, pastDueSince: null, graceUntil: null, isTrial };
  }
}
