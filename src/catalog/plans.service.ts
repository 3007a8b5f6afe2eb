import { Injectable } from '@nestjs/common';
import { Problem } from '../platform/problem.ts';
import { type Plan, PrismaService, type Tx } from '../platform/database/index.ts';

export interface NewPlan {
  type: 'BASIC' | 'PREMIUM' | 'EVENT';
  name: string;
  price: number | null;
  durationMonths: number | null;
}

export type PlanChange = Partial<Pick<Plan, 'name' | 'price' | 'durationMonths' | 'isActive'>>;

@Injectable()
export class PlansService {
  constructor(private readonly prisma: PrismaService) {}

  list(): Promise<Plan[]> {
    return this.prisma.plan.findMany({ orderBy: { id: 'asc' } });
  }

  /** @throws Problem PLAN_NOT_FOUND */
  async get(id: number, tx: Tx = this.prisma): Promise<Plan> {
    const plan = await tx.plan.findUnique({ where: { id } });
    if (!plan) throw new Problem('PLAN_NOT_FOUND');
    return plan;
  }

  create(tx: Tx, plan: NewPlan): Promise<Plan> {
    return tx.plan.create({ data: plan });
  }

  /** Reaches no order, payment or subscription that exists: they carry their own price and months. */
  change(tx: Tx, id: number, change: PlanChange): Promise<Plan> {
    return tx.plan.update({ where: { id }, data: change });
  }
}
