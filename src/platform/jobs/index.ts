/**
 * Owns: background work: the queues, the jobs that fall due again and again, and the job engine.
 * Does not own: what a job does, nor which jobs there are (operations).
 * Always true: an enqueued job is committed together with what makes it due, and runs at least once; a daily job runs
 * once for its day, on any number of instances.
 */
export { enqueue, enqueueFrom } from './enqueue.ts';
export { drain, type Drained, type Handled, type Work } from './drain.ts';
export type { Job } from './job.ts';
export { JobRegistry } from './job-registry.ts';
export { JobRunner } from './job-runner.ts';
export { JobsModule } from './jobs.module.ts';
export { JobsService } from './jobs.service.ts';
export { type Handling, type Leased, LeaseQueue } from './lease-queue.ts';
export { queue, type QueueDeclaration, type QueueSource } from './queue-statements.ts';
export { Queues } from './queues.ts';
