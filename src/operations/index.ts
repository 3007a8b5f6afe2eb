/**
 * Owns: the daily round of jobs, what operators run and read, health and metrics.
 * Does not own: what a job does.
 * Always true: every job may run at any time, twice, and on many programs at once.
 */
export { OperationsModule } from './operations.module.ts';
export { Scheduler } from './scheduler.ts';
