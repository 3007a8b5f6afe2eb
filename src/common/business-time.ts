import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { SETTINGS, type Settings } from '../config.ts';

/** The business calendar: months and midnights as people in Seoul count them, whatever zone the machine is in. */
@Injectable()
export class BusinessTime {
  readonly zone: string;

  constructor(@Inject(SETTINGS) settings: Pick<Settings, 'timeZone'>) {
    this.zone = settings.timeZone;
  }

  /** `months` after `instant`, at the same time of day; a day that the month does not have becomes its last. */
  addMonths(instant: Date, months: number): Date {
    return DateTime.fromJSDate(instant, { zone: this.zone }).plus({ months }).toJSDate();
  }

  /** The midnight that began the day of `instant`. */
  startOfDay(instant: Date): Date {
    return DateTime.fromJSDate(instant, { zone: this.zone }).startOf('day').toJSDate();
  }

  /** The day of `instant`, as yyyy-MM-dd. */
  day(instant: Date): string {
    return DateTime.fromJSDate(instant, { zone: this.zone }).toISODate()!;
  }

  /** The midnight that begins the day written yyyy-MM-dd, `days` later if told. */
  midnightOf(day: string, days = 0): Date {
    return DateTime.fromISO(day, { zone: this.zone }).plus({ days }).toJSDate();
  }
}
