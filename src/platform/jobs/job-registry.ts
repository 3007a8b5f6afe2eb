import { Injectable } from '@nestjs/common';
import { BusinessCalendar } from '../time/business-calendar.ts';
import { type Job, nextTimeOf } from './job.ts';

/** No two due times of a daily job lie further apart, also where the clocks change. */
const LONGEST_DAY_MS = 26 * 3_600_000;

/** Every job of the program. */
@Injectable()
export class JobRegistry {
  private readonly jobs: Job[] = [];

  constructor(private readonly calendar: BusinessCalendar) {}

  /** Where several fall due at the same moment, they run in this order. */
  get all(): readonly Job[] {
    return this.jobs;
  }

  /** To be called while the modules are set up. */
  add(...jobs: Job[]): void {
    this.jobs.push(...jobs);
  }

  find(name: string): Job | undefined {
    return this.jobs.find((job) => job.name === name);
  }

  /** The first time after `instant` at which a job falls due. */
  nextTime(job: Job, instant: Date): Date {
    return nextTimeOf(job, instant, this.calendar);
  }

  /** When a daily job last fell due. */
  lastTime(job: Job, now: Date): Date {
    let due = this.nextTime(job, new Date(now.getTime() - 2 * LONGEST_DAY_MS));
    for (let next = due; next <= now; next = this.nextTime(job, next)) due = next;
    return due;
  }
}
