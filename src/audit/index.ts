/**
 * Owns: the record of what operators did.
 * Does not own: whether they may; that is the guard's.
 * Always true: an entry is written in the same transaction as the act, and never changed.
 */
export { AuditModule } from './audit.module.ts';
export { AuditService, Origin, type RequestOrigin } from './audit.service.ts';
