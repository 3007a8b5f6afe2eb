import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AuditService, Origin, type RequestOrigin } from '../audit/index.ts';
import { ForOperators } from '../auth/index.ts';
import { Answers, pageSchema } from '../platform/http/answers.ts';
import { Clock } from '../platform/time/clock.ts';
import { pageOf, pageQuery, positionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import {
  DifferenceKind,
  PrismaService,
  type Reconciliation,
  type ReconciliationDifference,
} from '../platform/database/index.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;

const side = z.object({ amount: z.int().describe('won'), status: z.string() }).nullable();
const differenceView = z
  .object({
    id: z.uuid(),
    date: z.string(),
    kind: z.enum(DifferenceKind),
    paymentKey: z.string(),
    transactionKey: z.string().nullable().describe('of the cancel; null: what was taken'),
    orderId: z.string().nullable(),
    ours: side,
    theirs: side,
    createdAt: z.iso.datetime(),
    resolution: z
      .object({ at: z.iso.datetime(), by: z.string(), how: z.string().nullable(), reason: z.string().nullable() })
      .nullable(),
  })
  .meta({ id: 'ReconciliationDifference' });

const reconciliationView = z
  .object({
    date: z.string(),
    status: z.enum(['MATCHED', 'DIFFERENT']).describe('DIFFERENT while a difference is open'),
    tossLines: z.int(),
    ourLines: z.int(),
    matchedLines: z.int(),
    settledCount: z.int().describe('payments whose records were behind, and no longer are'),
    tossNet: z.int().describe('won taken, less won given back'),
    ourNet: z.int(),
    openDifferences: z.int(),
    ranAt: z.iso.datetime(),
  })
  .meta({ id: 'Reconciliation' });
const reconciliationDetails = reconciliationView
  .extend({ differences: z.array(differenceView) })
  .meta({ id: 'ReconciliationDetails' });

const resolution = z.object({ how: z.string().trim().min(1).max(60), reason: z.string().trim().min(1).max(500) });

type Row = Reconciliation & { differences: Pick<ReconciliationDifference, 'resolvedAt'>[] };

/** Our records beside the provider's. */
@ApiTags('Operations')
@ForOperators()
@Controller('v1/operations/reconciliations')
export class ReconciliationController {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List reconciled days' })
  @Answers(200, pageSchema(reconciliationView), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async list(@Query({ schema: pageQuery }) { limit, cursor }: z.infer<typeof pageQuery>) {
    const after = positionOf(cursor, DATE);
    const rows = await this.prisma.reconciliation.findMany({
      where: { ...(after && { date: { lt: after.id } }) },
      orderBy: { date: 'desc' },
      take: limit + 1,
      include: { differences: { where: { resolvedAt: null }, select: { resolvedAt: true } } },
    });
    return pageOf(rows, limit, ({ date, ranAt }) => ({ createdAt: ranAt, id: date }), view);
  }

  @Get(':date')
  @ApiOperation({ summary: 'Read a reconciled day with its differences' })
  @Answers(200, reconciliationDetails, 'UNAUTHENTICATED', 'FORBIDDEN', 'RECONCILIATION_NOT_FOUND')
  async get(@Param('date', { schema: z.string().max(20) }) date: string) {
    const row = await this.prisma.reconciliation.findUnique({
      where: { date },
      include: { differences: { orderBy: { createdAt: 'asc' } } },
    });
    if (!row) throw new Problem('RECONCILIATION_NOT_FOUND');
    return { ...view(row), differences: row.differences.map(viewDifference) };
  }

  /** An operator has dealt with it, and says how. */
  @Post('differences/:id/resolve')
  @ApiOperation({ summary: 'Resolve a difference' })
  @Answers(
    200,
    differenceView,
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'DIFFERENCE_NOT_FOUND',
    'DIFFERENCE_RESOLVED',
  )
  async resolve(
    @Param('id', { schema: z.string().max(64) }) id: string,
    @Body({ schema: resolution }) { how, reason }: z.infer<typeof resolution>,
    @Origin() origin: RequestOrigin,
  ) {
    const before = z.uuid().safeParse(id).success
      ? await this.prisma.reconciliationDifference.findUnique({ where: { id } })
      : null;
    if (!before) throw new Problem('DIFFERENCE_NOT_FOUND');
    return this.prisma.$transaction(async (tx) => {
      const { count } = await tx.reconciliationDifference.updateMany({
        where: { id, resolvedAt: null },
        data: { resolvedAt: this.clock.now(), resolvedBy: origin.userId, how, reason },
      });
      if (count === 0) throw new Problem('DIFFERENCE_RESOLVED');
      const after = viewDifference(await tx.reconciliationDifference.findUniqueOrThrow({ where: { id } }));
      await this.audit.record(tx, origin, {
        action: 'reconciliation.resolve',
        subject: `difference:${id}`,
        reason,
        before: viewDifference(before),
        after,
        ...(before.orderId && { orderId: before.orderId }),
      });
      return after;
    });
  }
}

function view({
  date,
  tossLines,
  ourLines,
  matchedLines,
  settledCount,
  tossNet,
  ourNet,
  ranAt,
  differences,
}: Row): z.infer<typeof reconciliationView> {
  const openDifferences = differences.filter(({ resolvedAt }) => resolvedAt === null).length;
  const status = openDifferences > 0 ? 'DIFFERENT' : 'MATCHED';
  return {
    date,
    status,
    tossLines,
    ourLines,
    matchedLines,
    settledCount,
    tossNet: Number(tossNet),
    ourNet: Number(ourNet),
    openDifferences,
    ranAt: ranAt.toISOString(),
  };
}

function viewDifference(row: ReconciliationDifference): z.infer<typeof differenceView> {
  const { id, date, kind, providerRef, orderId, createdAt, resolvedAt, resolvedBy, how, reason } = row;
  return {
    id,
    date,
    kind,
    paymentKey: providerRef,
    orderId,
    transactionKey: row.transactionKey || null,
    ours: row.ours as z.infer<typeof side>,
    theirs: row.theirs as z.infer<typeof side>,
    createdAt: createdAt.toISOString(),
    resolution: resolvedAt && { at: resolvedAt.toISOString(), by: resolvedBy!, how, reason },
  };
}
