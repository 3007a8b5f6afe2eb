import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AuditService, Origin, type RequestOrigin } from '../audit/index.ts';
import { ForOperators } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { type OutgoingEvent, OutgoingEventStatus, PrismaService } from '../platform/database/index.ts';
import { Deliverer } from './deliverer.ts';
import { EVENT_TYPES } from './event-catalogue.ts';
import { OutgoingEvents } from './outgoing-events.service.ts';
import { payloadOf, publicId } from './payload.ts';

const eventView = z
  .object({
    id: z.string().describe('the `webhook-id` that it is sent under'),
    type: z.string(),
    timestamp: z.iso.datetime().describe('when it happened'),
    data: z.record(z.string(), z.unknown()),
    userId: z.string(),
    subscriptionId: z.string().nullable(),
    orderId: z.string().nullable(),
    status: z
      .enum(OutgoingEventStatus)
      .describe('KEPT: there was nobody to send it to. FAILED: given up after about three days'),
    tries: z.int(),
    lastTriedAt: z.iso.datetime().nullable(),
    lastStatus: z.int().nullable().describe("the receiver's HTTP status; null: no answer"),
    lastError: z.string().nullable(),
    nextTryAt: z.iso.datetime().nullable().describe('null: nothing is left to do'),
    deliveredAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Message' });

const status = z.string().max(20).toUpperCase().pipe(z.enum(OutgoingEventStatus));
const listQuery = pageQuery
  .extend({ type: z.enum(EVENT_TYPES), status, subscriptionId: z.uuid(), orderId: z.string().max(64) })
  .partial({ type: true, status: true, subscriptionId: true, orderId: true });
const idParam = z.string().max(64);

function viewEvent(event: OutgoingEvent): z.infer<typeof eventView> {
  const { userId, subscriptionId, orderId, tries, lastStatus, lastError } = event;
  const times = {
    lastTriedAt: iso(event.lastTriedAt),
    nextTryAt: iso(event.nextTryAt),
    deliveredAt: iso(event.deliveredAt),
    createdAt: event.createdAt.toISOString(),
  };
  return {
    id: publicId(event),
    ...payloadOf(event),
    userId,
    subscriptionId,
    orderId,
    status: event.status,
    tries,
    lastStatus,
    lastError,
    ...times,
  };
}

const iso = (instant: Date | null) => instant?.toISOString() ?? null;

@ApiTags('Messages')
@ForOperators()
@Controller('v1/messages')
export class OutgoingEventsController {
  constructor(
    private readonly events: OutgoingEvents,
    private readonly deliverer: Deliverer,
    private readonly audit: AuditService,
    private readonly prisma: PrismaService,
  ) {}

  /** Newest first. */
  @Get()
  @ApiOperation({ operationId: 'MessagesController_list', summary: 'List outgoing events' })
  @Answers(200, pageSchema(eventView), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return this.events.list(query, viewEvent);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'MessagesController_get', summary: 'Read an outgoing event with its tries' })
  @Answers(200, eventView, 'UNAUTHENTICATED', 'FORBIDDEN', 'MESSAGE_NOT_FOUND')
  async get(@Param('id', { schema: idParam }) id: string) {
    return viewEvent(await this.events.get(id));
  }

  /**
   * Sends it now, under the same id, also if it was delivered or given up. Answers when the receiver has; what fails is
   * tried again later.
   */
  @Post(':id/redeliver')
  @ApiOperation({ operationId: 'MessagesController_redeliver', summary: 'Send an outgoing event again' })
  @Answers(200, eventView, 'UNAUTHENTICATED', 'FORBIDDEN', 'MESSAGE_NOT_FOUND', 'NO_RECEIVER')
  async redeliver(@Param('id', { schema: idParam }) id: string, @Origin() origin: RequestOrigin) {
    const event = await this.prisma.$transaction(async (tx) => {
      const before = await this.events.redeliver(tx, id);
      const { status: was, tries, orderId } = before;
      await this.audit.record(tx, origin, {
        action: 'message.redeliver',
        subject: `message:${id}`,
        ...(orderId && { orderId }),
        before: { status: was, tries },
      });
      return before;
    });
    await this.deliverer.tryNow(event.id);
    return viewEvent(await this.events.get(id));
  }
}
