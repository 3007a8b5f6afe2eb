/**
 * Owns: finding out what a declined payment was paid with.
 * Does not own: recording the decline (record-outcome).
 * Always true: it changes no outcome, but finds an approval that was missed.
 */
export { DescribeFailureModule } from './describe-failure.module.ts';
