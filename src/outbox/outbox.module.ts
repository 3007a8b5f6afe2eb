import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { Deliverer } from './deliverer.ts';
import { EventPurge } from './event-purge.ts';
import { Outbox } from './outbox.ts';
import { OutgoingEventsController } from './outgoing-events.controller.ts';
import { OutgoingEvents } from './outgoing-events.service.ts';
import { Sender } from './sender.ts';

@Module({
  imports: [AuditModule],
  controllers: [OutgoingEventsController],
  providers: [Outbox, Sender, Deliverer, OutgoingEvents, EventPurge],
  exports: [Outbox, Deliverer, OutgoingEvents, EventPurge],
})
export class OutboxModule {}
