import { Injectable } from '@nestjs/common';
import { AuditService, type RequestOrigin } from '../audit/index.ts';
import { PrismaService, type Tx } from '../platform/database/index.ts';
import { Problem } from '../platform/problem.ts';
import { type NewPlan, type PlanChange, PlanRepository } from './plan.repository.ts';
import type { Plan } from './plan.ts';
import { viewPlan } from './plan.view.ts';

/** What is on sale. What an admin changes is audited. */
@Injectable()
export class PlansService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly repository: PlanRepository,
    private readonly audit: AuditService,
  ) {}

  list(): Promise<Plan[]> {
    return this.repository.list();
  }

  /** @throws Problem PLAN_NOT_FOUND */
  async get(id: number, tx?: Tx): Promise<Plan> {
    const [plan] = await this.repository.find([id], tx);
    if (!plan) throw new Problem('PLAN_NOT_FOUND');
    return plan;
  }

  /** Rows that name a plan, each with that plan as it is today. */
  async withPlans<Row extends { planId: number }>(rows: readonly Row[]): Promise<(Row & { plan: Plan })[]> {
    if (rows.length === 0) return [];
    const plans = await this.repository.find([...new Set(rows.map(({ planId }) => planId))]);
    const byId = new Map(plans.map((plan) => [plan.id, plan]));
    return rows.map((row) => ({ ...row, plan: byId.get(row.planId)! }));
  }

  create(plan: NewPlan, origin: RequestOrigin): Promise<Plan> {
    return this.prisma.atomically(async (tx) => {
      const created = await this.repository.insert(tx, plan);
      const subject = `plan:${created.id}`;
      await this.audit.record(tx, origin, { action: 'plan.create', subject, after: viewPlan(created) });
      return created;
    });
  }

  /** @throws Problem PLAN_NOT_FOUND, VALIDATION_FAILED */
  change(id: number, change: PlanChange, origin: RequestOrigin): Promise<Plan> {
    return this.prisma.atomically(async (tx) => {
      await this.repository.lock(tx, id);
      const before = await this.get(id, tx);
      refuseImpossible(before, change);
      const after = await this.repository.update(tx, before, change);
      const [was, is] = [viewPlan(before), viewPlan(after)];
      await this.audit.record(tx, origin, { action: 'plan.change', subject: `plan:${id}`, before: was, after: is });
      return after;
    });
  }
}

/** Only an event may go without a price, and only an event without months. */
function refuseImpossible(plan: Plan, change: PlanChange): void {
  const errors = [];
  if (plan.type !== 'EVENT' && change.price === null)
    errors.push({ path: 'price', message: 'only an event may have no price' });
  if (plan.type === 'EVENT' && change.durationMonths !== undefined)
    errors.push({ path: 'durationMonths', message: 'an event grants no time' });
  if (errors.length > 0) throw new Problem('VALIDATION_FAILED', { errors });
}
