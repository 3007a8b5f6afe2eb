import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AuditService, Origin, type RequestOrigin } from '../audit/index.ts';
import { ForOperators } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageQuery } from '../platform/page.ts';
import { type OutgoingEvent, OutgoingEventStatus, PrismaService } from '../platform/database/index.ts';
import { Deliverer } from './deliverer.ts';
import { Messages } from './messages.service.ts';
import { MESSAGE_TYPES } from './outbox.ts';
import { payloadOf, publicId } from './payload.ts';

const messageView = z
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
  .extend({ type: z.enum(MESSAGE_TYPES), status, subscriptionId: z.uuid(), orderId: z.string().max(64) })
  .partial({ type: true, status: true, subscriptionId: true, orderId: true });
const idParam = z.string().max(64);

function viewMessage(message: OutgoingEvent): z.infer<typeof messageView> {
  const { userId, subscriptionId, orderId, tries, lastStatus, lastError } = message;
  const times = {
    lastTriedAt: iso(message.lastTriedAt),
    nextTryAt: iso(message.nextTryAt),
    deliveredAt: iso(message.deliveredAt),
    createdAt: message.createdAt.toISOString(),
  };
  return {
    id: publicId(message),
    ...payloadOf(message),
    userId,
    subscriptionId,
    orderId,
    status: message.status,
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
export class MessagesController {
  constructor(
    private readonly messages: Messages,
    private readonly deliverer: Deliverer,
    private readonly audit: AuditService,
    private readonly prisma: PrismaService,
  ) {}

  /** What the outside was told, or is to be. */
  @Get()
  @ApiOperation({ summary: 'List outgoing events' })
  @Answers(200, pageSchema(messageView), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return this.messages.list(query, viewMessage);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an outgoing event with its tries' })
  @Answers(200, messageView, 'UNAUTHENTICATED', 'FORBIDDEN', 'MESSAGE_NOT_FOUND')
  async get(@Param('id', { schema: idParam }) id: string) {
    return viewMessage(await this.messages.get(id));
  }

  /** Sends it now, under the same id, also if it was delivered or given up; answers when the receiver has, and tries again later if it must. */
  @Post(':id/redeliver')
  @ApiOperation({ summary: 'Send an outgoing event again' })
  @Answers(200, messageView, 'UNAUTHENTICATED', 'FORBIDDEN', 'MESSAGE_NOT_FOUND', 'NO_RECEIVER')
  async redeliver(@Param('id', { schema: idParam }) id: string, @Origin() origin: RequestOrigin) {
    const message = await this.prisma.$transaction(async (tx) => {
      const before = await this.messages.redeliver(tx, id);
      const { status: was, tries, orderId } = before;
      await this.audit.record(tx, origin, {
        action: 'message.redeliver',
        subject: `message:${id}`,
        ...(orderId && { orderId }),
        before: { status: was, tries },
      });
      return before;
    });
    await this.deliverer.tryNow(message.id);
    return viewMessage(await this.messages.get(id));
  }
}
