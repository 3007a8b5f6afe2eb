import { Inject, Injectable } from '@nestjs/common';
import { DateTime, IANAZone } from 'luxon';
import { programConfig } from '../../config-namespaces.ts';
import type { Settings } from '../../config.ts';

/** Zones change their offset at quarter hours only. */
const QUARTER_HOUR_MS = 900_000;

/** Caches the offset per quarter hour: a lookup costs 5 us, and a purchase needs three. */
class CachedZone extends IANAZone {
  private readonly offsets = new Map<number, number>();

  override offset(instant: number): number {
    const quarter = Math.floor(instant / QUARTER_HOUR_MS);
    const known = this.offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = super.offset(instant);
    if (this.offsets.size >= 1_000) this.offsets.clear();
    this.offsets.set(quarter, offset);
    return offset;
  }
}

/** The business calendar: months and midnights in TIME_ZONE, independent of the machine's zone. */
@Injectable()
export class BusinessCalendar {
  readonly zone: string;
  private readonly calendar: CachedZone;

  constructor(@Inject(programConfig.KEY) config: Pick<Settings, 'timeZone'>) {
    this.zone = config.timeZone;
    this.calendar = new CachedZone(config.timeZone);
  }

  /** `months` after `instant`, at the same time of day; a day that the month does not have becomes its last day. */
  addMonths(instant: Date, months: number): Date {
    return DateTime.fromJSDate(instant, { zone: this.calendar }).plus({ months }).toJSDate();
  }

  /** The midnight that began the day of `instant`. */
  startOfDay(instant: Date): Date {
    return DateTime.fromJSDate(instant, { zone: this.calendar }).startOf('day').toJSDate();
  }

  /** The number of midnights between the two: 0 within one day, negative if `to` is earlier. */
  daysBetween(from: Date, to: Date): number {
    const start = DateTime.fromJSDate(from, { zone: this.calendar }).startOf('day');
    const end = DateTime.fromJSDate(to, { zone: this.calendar }).startOf('day');
    return Math.round(end.diff(start, 'days').days);
  }

  /** The midnight that ends the day of `instant`. */
  endOfDay(instant: Date): Date {
    return DateTime.fromJSDate(instant, { zone: this.calendar }).startOf('day').plus({ days: 1 }).toJSDate();
  }

  /** The first `hour`:`minute` after `instant`. */
  nextTimeOfDay(instant: Date, hour: number, minute = 0): Date {
    const today = DateTime.fromJSDate(instant, { zone: this.calendar }).set({
      hour,
      minute,
      second: 0,
      millisecond: 0,
    });
    return (today.toMillis() > instant.getTime() ? today : today.plus({ days: 1 })).toJSDate();
  }

  /** `hour` o'clock on the day of `instant`. */
  timeOfDay(instant: Date, hour: number): Date {
    return DateTime.fromJSDate(instant, { zone: this.calendar })
      .set({ hour, minute: 0, second: 0, millisecond: 0 })
      .toJSDate();
  }

  /** The day of `instant`, as yyyy-MM-dd. */
  day(instant: Date): string {
    return DateTime.fromJSDate(instant, { zone: this.calendar }).toISODate()!;
  }

  /** The midnight that begins the day yyyy-MM-dd, or the day `days` later. */
  midnightOf(day: string, days = 0): Date {
    return DateTime.fromISO(day, { zone: this.calendar }).plus({ days }).toJSDate();
  }
}
