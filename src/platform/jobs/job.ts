import type { BusinessCalendar } from '../time/business-calendar.ts';

/**
 * Work that falls due again and again. It is safe to run at any time, twice, and on any number of instances at once.
 */
export type Job = {
  name: string;
  /** @returns how many things it changed */
  run(): Promise<number>;
  /** When it next finds something to do, as far as is known now; null for nothing. Its runs before that are idle. */
  nextDue?(): Promise<Date | null>;
  /** One run makes up for any number that were missed. */
  catchesUp?: true;
} & (
  | {
      /** Milliseconds. */
      every: number;
    }
  | {
      /** HH:MM of the business calendar. Run once for each day, on any number of instances. */
      dailyAt: string;
    }
);

/** The first time after `instant` at which a job falls due. */
export function nextTimeOf(job: Job, instant: Date, calendar: BusinessCalendar): Date {
  if ('every' in job) return new Date((Math.floor(instant.getTime() / job.every) + 1) * job.every);
  const [hour, minute] = job.dailyAt.split(':').map(Number);
  return calendar.nextTimeOfDay(instant, hour!, minute);
}
