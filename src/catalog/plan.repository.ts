import { Injectable } from '@nestjs/common';
import { type Plan, PrismaService, type Tx } from '../platform/database/index.ts';

/** What a plan begins with. */
export type NewPlan = Pick<Plan, 'type' | 'name' | 'price' | 'durationMonths'>;

/** What of a plan can be changed. */
export type PlanChange = Partial<Pick<Plan, 'name' | 'price' | 'durationMonths' | 'isActive'>>;

/** Reads and writes plans. */
@Injectable()
export class PlanRepository {
  constructor(private readonly prisma: PrismaService) {}

  list(): Promise<Plan[]> {
    return this.prisma.plan.findMany({ orderBy: { id: 'asc' } });
  }

  find(id: number, tx: Tx = this.prisma): Promise<Plan | null> {
    return tx.plan.findUnique({ where: { id } });
  }

  insert(tx: Tx, plan: NewPlan): Promise<Plan> {
    return tx.plan.create({ data: plan });
  }

  /** Reaches no order, payment or subscription that exists: they have a price and months of their own. */
  update(tx: Tx, id: number, change: PlanChange): Promise<Plan> {
    return tx.plan.update({ where: { id }, data: change });
  }
}
