import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AuditService, Origin, type RequestOrigin } from '../audit/index.ts';
import { ForAdmins, ForAnyone } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { Problem } from '../platform/problem.ts';
import { PlanType, type Plan, PrismaService } from '../platform/database/index.ts';
import { PlansService } from './plans.service.ts';

export const planView = z
  .object({
    id: z.int(),
    type: z.enum(PlanType),
    name: z.string(),
    price: z.int().nullable().describe('whole won; null: the buyer names the amount'),
    currency: z.string(),
    durationMonths: z.int().nullable().describe('null: an event, which grants no time'),
    isActive: z.boolean(),
  })
  .meta({ id: 'Plan' });

const name = z.string().trim().min(1).max(100);
const price = z.int().min(100).max(10_000_000).describe('whole won; Toss takes 100 or more by card');
const durationMonths = z.int().min(1).max(120);
const newPlan = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['BASIC', 'PREMIUM']), name, price, durationMonths }),
  z.strictObject({
    type: z.literal('EVENT'),
    name,
    price: price.nullish().transform((given) => given ?? null),
    durationMonths: z
      .null()
      .optional()
      .transform(() => null),
  }),
]);
const planChange = z.strictObject({ name, price: price.nullable(), durationMonths, isActive: z.boolean() }).partial();
const planId = z.coerce.number().int().min(1).max(2_147_483_647);

export function viewPlan({
  id,
  type,
  name,
  price,
  currency,
  durationMonths,
  isActive,
}: Plan): z.infer<typeof planView> {
  return { id, type, name, price, currency, durationMonths, isActive };
}

@ApiTags('Plans')
@Controller('v1/plans')
export class PlansController {
  constructor(
    private readonly plans: PlansService,
    private readonly audit: AuditService,
    private readonly prisma: PrismaService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List plans' })
  @ForAnyone()
  @Answers(200, z.object({ data: z.array(planView), nextCursor: z.null() }))
  async list() {
    return { data: (await this.plans.list()).map(viewPlan), nextCursor: null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a plan' })
  @ForAnyone()
  @Answers(200, planView, 'PLAN_NOT_FOUND')
  async get(@Param('id', { schema: planId }) id: number) {
    return viewPlan(await this.plans.get(id));
  }

  @Post()
  @ApiOperation({ summary: 'Create a plan' })
  @ForAdmins()
  @Answers(201, planView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async create(@Body({ schema: newPlan }) body: z.infer<typeof newPlan>, @Origin() origin: RequestOrigin) {
    return this.prisma.$transaction(async (tx) => {
      const plan = viewPlan(await this.plans.create(tx, body));
      await this.audit.record(tx, origin, { action: 'plan.create', subject: `plan:${plan.id}`, after: plan });
      return plan;
    });
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a plan' })
  @ForAdmins()
  @Answers(200, planView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN', 'PLAN_NOT_FOUND')
  async change(
    @Param('id', { schema: planId }) id: number,
    @Body({ schema: planChange }) body: z.infer<typeof planChange>,
    @Origin() origin: RequestOrigin,
  ) {
    return this.prisma.$transaction(async (tx) => {
      const before = await this.plans.get(id, tx);
      refuseImpossible(before, body);
      const after = viewPlan(await this.plans.change(tx, id, body));
      await this.audit.record(tx, origin, {
        action: 'plan.change',
        subject: `plan:${id}`,
        before: viewPlan(before),
        after,
      });
      return after;
    });
  }
}

/** Only an event may go without a price, and only an event without months. */
function refuseImpossible(plan: Plan, change: z.infer<typeof planChange>): void {
  const errors = [];
  if (plan.type !== 'EVENT' && change.price === null)
    errors.push({ path: 'price', message: 'only an event may have no price' });
  if (plan.type === 'EVENT' && change.durationMonths !== undefined)
    errors.push({ path: 'durationMonths', message: 'an event grants no time' });
  if (errors.length > 0) throw new Problem('VALIDATION_FAILED', { errors });
}
