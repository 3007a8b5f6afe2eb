import { Controller, Get, Module } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForAnyone } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { EventsService } from './events.service.ts';

const eventView = z
  .object({ planId: z.int(), name: z.string(), totalAmount: z.int(), currency: z.string() })
  .meta({ id: 'Event' });

@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @ApiOperation({ summary: 'List what the event plans have gathered' })
  @ForAnyone()
  @Answers(200, z.object({ data: z.array(eventView) }))
  async list() {
    return { data: await this.events.totals() };
  }
}

@Module({ controllers: [EventsController], providers: [EventsService], exports: [EventsService] })
export class EventsModule {}
