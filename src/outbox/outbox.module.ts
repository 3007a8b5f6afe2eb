import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { Deliverer } from './deliverer.ts';
import { MessagesController } from './messages.controller.ts';
import { Messages } from './messages.service.ts';
import { Outbox } from './outbox.ts';
import { MessagePurge } from './purge.ts';
import { Sender } from './sender.ts';

@Module({
  imports: [AuditModule],
  controllers: [MessagesController],
  providers: [Outbox, Sender, Deliverer, Messages, MessagePurge],
  exports: [Outbox, Deliverer, Messages, MessagePurge],
})
export class OutboxModule {}
