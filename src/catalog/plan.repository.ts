import { Injectable } from '@nestjs/common';
import { PrismaService, type Tx } from '../platform/database/index.ts';
import { INSERT, LIST, LOCK, READ } from './plan.statements.ts';
import { type Plan, planOf } from './plan.ts';

/** What a plan begins with. */
export type NewPlan = Pick<Plan, 'type' | 'name' | 'price' | 'durationMonths'>;

/** What of a plan can be changed. */
export type PlanChange = Partial<Pick<Plan, 'name' | 'price' | 'durationMonths' | 'isActive'>>;

/** Reads and writes plans and the versions of their prices. */
@Injectable()
export class PlanRepository {
  constructor(private readonly prisma: PrismaService) {}

  async list(): Promise<Plan[]> {
    return (await this.prisma.run(LIST, {})).map(({ plan, price }) => planOf(plan, price));
  }

  async find(ids: readonly number[], tx?: Tx): Promise<Plan[]> {
    return (await this.prisma.run(READ, { ids }, tx)).map(({ plan, price }) => planOf(plan, price));
  }

  /** Locks one until the transaction ends: of two changes at once, the second builds on the first. */
  async lock(tx: Tx, id: number): Promise<void> {
    await this.prisma.run(LOCK, { id }, tx);
  }

  async insert(tx: Tx, { type, name, price, durationMonths }: NewPlan): Promise<Plan> {
    const [made] = await this.prisma.run(INSERT, { type, name, price, durationMonths }, tx);
    return planOf(made!.plan, made!.price);
  }

  /** Reaches no order, payment or subscription that exists: they have a price and months of their own. */
  async update(tx: Tx, plan: Plan, change: PlanChange): Promise<Plan> {
    const { price = plan.price, durationMonths = plan.durationMonths, ...others } = change;
    const revised = { ...plan, price, durationMonths };
    const isSame = price === plan.price && durationMonths === plan.durationMonths;
    const priceId = isSame ? plan.priceId : await this.insertPrice(tx, revised);
    return { ...revised, ...(await tx.plan.update({ where: { id: plan.id }, data: { ...others, priceId } })) };
  }

  private async insertPrice(tx: Tx, { id, type, price, currency, durationMonths }: Plan): Promise<number> {
    const data = { planId: id, planType: type, amount: price, currency, durationMonths };
    return (await tx.price.create({ data })).id;
  }
}
