/**
 * Owns: outgoing events: writing one in the transaction that makes it happen, and delivering it.
 * Does not own: what happens, nor which events report it; that is for the module that writes the event.
 * Always true: an event is committed with what it reports or not at all, and keeps its id however often it is sent.
 */
export { Deliverer } from './deliverer.ts';
export { EVENT_TYPES, EVENTS, type EventType, type NewEvent } from './event-catalogue.ts';
export { eventColumns, eventRows } from './event-rows.ts';
export { EventPurge } from './event-purge.ts';
export { Outbox } from './outbox.ts';
export { OutboxModule } from './outbox.module.ts';
export { OutgoingEvents } from './outgoing-events.service.ts';
