/**
 * Owns: background work: putting a job down inside somebody's statement, and running it.
 * Does not own: what a job does, nor the daily schedule (operations).
 * Always true: a job is committed together with what makes it due, and runs at least once.
 */
export { enqueue } from './enqueue.ts';
export { JobsModule } from './jobs.module.ts';
export { JobsService } from './jobs.service.ts';
