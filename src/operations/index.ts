/**
 * Owns: which jobs there are and when they fall due, what operators run and read, health and metrics.
 * Does not own: what a job does.
 * Always true: every job may run at any time, twice, and on many instances at once.
 */
export { OperationsModule } from './operations.module.ts';
