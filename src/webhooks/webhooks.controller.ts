import { Body, Controller, Get, Headers, Ip, Param, Post, Query, type RawBodyRequest, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { ForAnyone, ForOperators } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { BodyAsSent } from '../platform/http/body-as-sent.ts';
import { pageQuery } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import { IncomingWebhookStatus } from '../platform/database/index.ts';
import { IncomingWebhooks } from './incoming-webhooks.ts';
import { viewWebhookEvent, webhookEventView } from './webhook-event.view.ts';
import { WebhookEvents } from './webhook-events.service.ts';

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** For the reader of the docs: any JSON is stored, and what is no event of Toss is put aside. */
const tossEvent = {
  type: 'object',
  additionalProperties: true,
  properties: {
    eventType: { type: 'string', examples: ['PAYMENT_STATUS_CHANGED'], description: 'absent in a DEPOSIT_CALLBACK' },
    createdAt: { type: 'string', examples: ['2026-01-01T00:00:00.000000'] },
    data: { type: 'object', additionalProperties: true },
    orderId: { type: 'string', description: 'of a DEPOSIT_CALLBACK, which has no data' },
    status: { type: 'string', description: 'of a DEPOSIT_CALLBACK' },
    secret: { type: 'string', description: 'of a DEPOSIT_CALLBACK' },
    transactionKey: { type: 'string', description: 'of a DEPOSIT_CALLBACK' },
  },
};

const listQuery = pageQuery.extend({
  type: z.string().max(60).optional(),
  processed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  status: z.enum(IncomingWebhookStatus).optional(),
  orderId: z.string().max(64).optional(),
});
const eventId = z.string().max(64);
const dismissal = z.object({ reason: z.string().trim().min(1).max(500) });

@ApiTags('Webhooks')
@ForOperators()
@Controller('v1')
export class WebhooksController {
  constructor(
    private readonly incoming: IncomingWebhooks,
    private readonly events: WebhookEvents,
  ) {}

  /** Where Toss sends its webhooks. Answers once what is about an order of ours is stored; at most 8 KB of JSON. */
  @Post('webhooks/toss')
  @ApiOperation({ summary: 'Receive a webhook of Toss' })
  @ForAnyone()
  @ApiBody({ description: 'An event of Toss: a hint to retrieve the payment, never the truth', schema: tossEvent })
  @BodyAsSent()
  @Answers(
    200,
    z.object({ received: z.literal(true) }),
    'MALFORMED_REQUEST',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'TOO_MANY_REQUESTS',
  )
  async receive(
    @Ip() address: string,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() json: unknown,
    @Headers('tosspayments-webhook-transmission-id') id?: string,
    @Headers('tosspayments-webhook-transmission-time') time?: string,
    @Headers('tosspayments-webhook-transmission-retried-count') retriedCount?: string,
  ) {
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw new Problem('UNSUPPORTED_MEDIA_TYPE');
    // Without the byte order mark, as the parser reads it.
    const body = new TextDecoder().decode(request.rawBody);
    if (body === '') throw new Problem('MALFORMED_REQUEST');
    const received = await this.incoming.receive({ body, json, address, id, time, retriedCount });
    if (received.kind === 'refused') {
      reply.header('Retry-After', received.retryAfterSeconds);
      throw new Problem('TOO_MANY_REQUESTS');
    }
    return { received: true } as const;
  }

  @Get('webhook-events')
  @ApiOperation({ summary: 'List incoming webhooks' })
  @Answers(200, pageSchema(webhookEventView), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return this.events.list(query, viewWebhookEvent);
  }

  @Get('webhook-events/:id')
  @ApiOperation({ summary: 'Read an incoming webhook' })
  @Answers(200, webhookEventView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN', 'WEBHOOK_EVENT_NOT_FOUND')
  async get(@Param('id', { schema: eventId }) id: string) {
    return viewWebhookEvent(await this.events.get(id));
  }

  /** Processes it again, whatever became of it before. */
  @Post('webhook-events/:id/replay')
  @ApiOperation({ summary: 'Process an incoming webhook again' })
  @Answers(200, webhookEventView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN', 'WEBHOOK_EVENT_NOT_FOUND')
  async replay(@Param('id', { schema: eventId }) id: string, @Origin() origin: RequestOrigin) {
    return viewWebhookEvent(await this.events.replay(id, origin));
  }

  /** Ends one that failed, or still waits, without processing it: it is no alarm any more. */
  @Post('webhook-events/:id/dismiss')
  @ApiOperation({ summary: 'Dismiss an incoming webhook' })
  @Answers(
    200,
    webhookEventView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'WEBHOOK_EVENT_NOT_FOUND',
    'WEBHOOK_EVENT_PROCESSED',
  )
  async dismiss(
    @Param('id', { schema: eventId }) id: string,
    @Body({ schema: dismissal }) { reason }: z.infer<typeof dismissal>,
    @Origin() origin: RequestOrigin,
  ) {
    return viewWebhookEvent(await this.events.dismiss(id, reason, origin));
  }
}
