/**
 * Owns: what every event has gathered.
 * Does not own: the payments that gave it.
 * Always true: an entry is never changed; a total is the sum of its entries.
 */
export { EventsModule } from './events.module.ts';
export { EventsService } from './events.service.ts';
