import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForOperators } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { pageOf, pageQuery, positionOf } from '../platform/page.ts';
import { type AuditLog, PrismaService } from '../platform/database/index.ts';

const instant = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text));
const query = pageQuery.extend({
  actor: z.string().max(64).optional(),
  orderId: z.string().max(64).optional(),
  from: instant.optional().describe('included'),
  to: instant.optional().describe('not included'),
});

const entry = z
  .object({
    id: z.string(),
    actor: z.string(),
    role: z.string(),
    action: z.string(),
    orderId: z.string().nullable(),
    subject: z.string().nullable(),
    reason: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    address: z.string(),
    requestId: z.string(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'AuditEntry' });

/** What operators did. */
@ApiTags('Operations')
@ForOperators()
@Controller('v1/operations/audit-log')
export class AuditLogController {
  constructor(private readonly prisma: PrismaService) {}

  @Get()
  @ApiOperation({ summary: 'List the audit log' })
  @Answers(200, pageSchema(entry), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async list(@Query({ schema: query }) { actor, orderId, from, to, limit, cursor }: z.infer<typeof query>) {
    const after = positionOf(cursor, /^\d{1,18}$/);
    const rows = await this.prisma.auditLog.findMany({
      where: {
        ...(actor !== undefined && { actor }),
        ...(orderId !== undefined && { orderId }),
        createdAt: { ...(from && { gte: from }), ...(to && { lt: to }) },
        // Entries are written in the order of their ids.
        ...(after && { id: { lt: BigInt(after.id) } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ createdAt, id }) => ({ createdAt, id: String(id) }), view);
  }
}

function view({ id, createdAt, ...rest }: AuditLog): z.infer<typeof entry> {
  return { ...rest, id: String(id), createdAt: createdAt.toISOString() };
}
