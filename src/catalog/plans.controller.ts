import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../audit/index.ts';
import { ForAdmins, ForAnyone } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { planView, viewPlan } from './plan.view.ts';
import { PlansService } from './plans.service.ts';

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

@ApiTags('Plans')
@Controller('v1/plans')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

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
    return viewPlan(await this.plans.create(body, origin));
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
    return viewPlan(await this.plans.change(id, body, origin));
  }
}
