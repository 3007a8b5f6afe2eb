/**
 * Owns: telling the outside what happened: writing it in the statement that makes it happen, and delivering it.
 * Does not own: what happens, nor what is worth telling of it; that is for whoever writes the message.
 * Always true: a message is committed with what it tells or not at all, and keeps its id however often it is sent.
 */
export { type MessageType, type NewEvent, type News, Outbox } from './outbox.ts';
export { Deliverer } from './deliverer.ts';
export { Messages } from './messages.service.ts';
export { MessagePurge } from './purge.ts';
export { OutboxModule } from './outbox.module.ts';
