import { Body, Controller, Get, Headers, Ip, Param, Post, Query, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { AuditService, Origin, type RequestOrigin } from '../audit/index.ts';
import { ForAnyone, ForOperators } from '../auth/index.ts';
import { Answers, pageSchema } from '../common/answers.ts';
import { pageOf, pageQuery, uuidPositionOf } from '../common/page.ts';
import { Problem } from '../common/problem.ts';
import { PrismaService, type WebhookEvent, WebhookStatus } from '../db/index.ts';
import { Inbox } from './inbox.ts';
import { WebhookProcessing } from './webhook-processing.ts';

/** Per address. Toss sends from a dozen (docs: webhooks), a few per payment; what is refused it sends again. */
const RATE = { points: 3_000, duration: 60 };

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
  processed: z.enum(['true', 'false']).transform((text) => text === 'true').optional(),
  status: z.enum(WebhookStatus).optional(),
  orderId: z.string().max(64).optional(),
});

const eventView = z
  .object({
    id: z.uuid(),
    type: z.string(),
    data: z.unknown().describe('the body, without secrets and names'),
    processed: z.boolean().describe('done, whether there was anything to do or not'),
    status: z.enum(WebhookStatus),
    note: z.string().nullable().describe('what came of the latest try'),
    orderId: z.string().nullable(),
    paymentKey: z.string().nullable(),
    transmissionId: z.string(),
    retriedCount: z.int(),
    attempts: z.int(),
    createdAt: z.iso.datetime(),
    processedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'WebhookEvent' });

@ApiTags('Webhooks')
@ForOperators()
@Controller('v1')
export class WebhooksController {
  private readonly rate = new RateLimiterMemory(RATE);

  constructor(
    private readonly inbox: Inbox,
    private readonly processing: WebhookProcessing,
    private readonly audit: AuditService,
    private readonly prisma: PrismaService,
  ) {}

  /** Where Toss tells its news. Answers once it is stored. */
  @Post('webhooks/toss')
  @ApiOperation({ summary: 'Receive a webhook of Toss' })
  @ForAnyone()
  @ApiBody({ description: 'An event of Toss: a hint to retrieve the payment, never the truth', schema: tossEvent })
  @Answers(200, z.object({ received: z.literal(true) }), 'MALFORMED_REQUEST', 'PAYLOAD_TOO_LARGE', 'TOO_MANY_REQUESTS')
  async receive(
    @Ip() address: string,
    @Req() request: RawBodyRequest<object>,
    @Body() json: unknown,
    @Headers('tosspayments-webhook-transmission-id') id?: string,
    @Headers('tosspayments-webhook-transmission-time') time?: string,
    @Headers('tosspayments-webhook-transmission-retried-count') retriedCount?: string,
  ) {
    await this.rate.consume(address).catch(() => {
      throw new Problem('TOO_MANY_REQUESTS');
    });
    const body = request.rawBody?.toString('utf8') ?? '';
    if (body === '') throw new Problem('MALFORMED_REQUEST');
    await this.inbox.store({ body, json, id, time, retriedCount });
    return { received: true } as const;
  }

  @Get('webhook-events')
  @ApiOperation({ summary: 'List incoming webhooks' })
  @Answers(200, pageSchema(eventView), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async list(@Query({ schema: listQuery }) { type, processed, status, orderId, limit, cursor }: z.infer<typeof listQuery>) {
    const after = uuidPositionOf(cursor);
    const rows = await this.prisma.webhookEvent.findMany({
      where: {
        ...(type !== undefined && { type }),
        ...(processed !== undefined && { processedAt: processed ? { not: null } : null }),
        ...(status !== undefined && { status }),
        ...(orderId !== undefined && { orderId }),
        ...(after && { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    });
    return pageOf(rows, limit, (row) => row, view);
  }

  @Get('webhook-events/:id')
  @ApiOperation({ summary: 'Read an incoming webhook' })
  @Answers(200, eventView, 'UNAUTHENTICATED', 'FORBIDDEN', 'WEBHOOK_EVENT_NOT_FOUND')
  async get(@Param('id', { schema: z.string().max(64) }) id: string) {
    return view(await this.find(id));
  }

  /** Goes and looks again, whatever became of it before. */
  @Post('webhook-events/:id/replay')
  @ApiOperation({ summary: 'Process an incoming webhook again' })
  @Answers(200, eventView, 'UNAUTHENTICATED', 'FORBIDDEN', 'WEBHOOK_EVENT_NOT_FOUND')
  async replay(@Param('id', { schema: z.string().max(64) }) id: string, @Origin() origin: RequestOrigin) {
    const { status, orderId } = await this.find(id);
    await this.audit.record(this.prisma, origin, { action: 'webhook.replay', subject: `webhook-event:${id}`, before: { status }, ...(orderId && { orderId }) });
    await this.processing.replay(id);
    return view(await this.find(id));
  }

  private async find(id: string): Promise<WebhookEvent> {
    const event = await this.prisma.webhookEvent.findUnique({ where: { id: known(id) } });
    if (!event) throw new Problem('WEBHOOK_EVENT_NOT_FOUND');
    return event;
  }
}

/** What is no id of ours is nobody's event. */
function known(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new Problem('WEBHOOK_EVENT_NOT_FOUND');
  return id;
}

function view(event: WebhookEvent): z.infer<typeof eventView> {
  const { id, type, data, status, note, orderId, paymentKey, transmissionId, retriedCount, attempts, createdAt, processedAt } = event;
  return {
    id, type, data, processed: processedAt !== null, status, note, orderId, paymentKey, transmissionId, retriedCount, attempts,
    createdAt: createdAt.toISOString(), processedAt: processedAt?.toISOString() ?? null,
  };
}
