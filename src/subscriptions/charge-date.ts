import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { renewalsConfig } from '../config-namespaces.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';

const DAY_MS = 24 * 3_600_000;

/** When the card on file is charged for the period that follows. */
@Injectable()
export class ChargeDate {
  constructor(
    private readonly calendar: BusinessCalendar,
    @Inject(renewalsConfig.KEY) private readonly config: ConfigType<typeof renewalsConfig>,
  ) {}

  /** At the renewal hour of the day on which the period ends; of the day before, where it ends earlier in the day. */
  of(endDate: Date): Date {
    const { renewalHour } = this.config;
    const justBefore = new Date(endDate.getTime() - 1);
    const sameDay = this.calendar.timeOfDay(justBefore, renewalHour);
    return sameDay < endDate ? sameDay : this.calendar.timeOfDay(new Date(endDate.getTime() - DAY_MS), renewalHour);
  }

  /** The renewal hour of tomorrow: the buyer is told today, and charged on another day. */
  tomorrow(now: Date): Date {
    return this.of(this.calendar.midnightOf(this.calendar.day(now), 2));
  }
}
