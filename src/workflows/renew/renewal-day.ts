import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../platform/database/index.ts';
import { positionOf } from '../../platform/page.ts';
import { BusinessCalendar } from '../../platform/time/business-calendar.ts';
import { Clock } from '../../platform/time/clock.ts';
import { type Renewal, RenewalRepository } from '../../subscriptions/index.ts';
import { RENEWALS_MADE, RENEWALS_MADE_TOTALS } from './renewal-day.statements.ts';

export const DAY_STATES = ['PLANNED', 'HELD', 'CHARGED', 'DECLINED', 'UNKNOWN'] as const;
export type DayState = (typeof DAY_STATES)[number];

/** One charge of a day: as it is planned, or what came of it. */
export interface DayRow {
  subscriptionId: string;
  userId: string;
  planId: number;
  state: DayState;
  plannedAt: Date;
  /** In won: as it stands today, or as it was requested. */
  amount: number;
  method: string | null;
  issuerCode: string | null;
  cardNumber: string | null;
  cardType: string | null;
  /** null: not requested yet */
  orderId: string | null;
  attempt: number | null;
  requestedAt: Date | null;
  code: string | null;
}

export type DayTotals = Record<DayState, { count: number; amount: number }>;

const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The renewals of one day of the business calendar: the plan, and what came of it. Read, never written. */
@Injectable()
export class RenewalDay {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    private readonly renewals: RenewalRepository,
  ) {}

  today(): string {
    return this.calendar.day(this.clock.now());
  }

  async totals(day: string): Promise<DayTotals> {
    const { from, to } = this.span(day);
    const totals = Object.fromEntries(DAY_STATES.map((state) => [state, { count: 0, amount: 0 }])) as DayTotals;
    for (const { state, count, amount } of await this.prisma.run(RENEWALS_MADE_TOTALS, { from, to }))
      totals[state] = { count, amount };
    for await (const batch of this.renewals.planned(from, to)) {
      for (const { state, amount } of batch.map(rowOf)) {
        totals[state].count += 1;
        totals[state].amount += amount;
      }
    }
    return totals;
  }

  /** In the order of the day; one row more than `limit` where there are more. */
  async rows(day: string, { limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<DayRow[]> {
    const { from, to } = this.span(day);
    const { createdAt: afterAt, id: afterId } = positionOf(cursor, UUID) ?? { createdAt: new Date(0), id: NO_ID };
    const after = { nextChargeAt: afterAt, id: afterId };
    const planned = await this.renewals.plannedPage(from, to, after, limit + 1);
    const rows = await this.prisma.run(RENEWALS_MADE, { from, to, afterAt, afterId, limit: limit + 1 });
    const made = rows.map((row) => ({ ...row, subscriptionId: row.subscriptionId! }));
    return [...planned.map(rowOf), ...made].toSorted(byPlan).slice(0, limit + 1);
  }

  private span(day: string): { from: Date; to: Date } {
    return { from: this.calendar.midnightOf(day), to: this.calendar.midnightOf(day, 1) };
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

function byPlan(a: DayRow, b: DayRow): number {
  return a.plannedAt.getTime() - b.plannedAt.getTime() || (a.subscriptionId < b.subscriptionId ? -1 : 1);
}

function rowOf({ subscription, charge, card }: Renewal): DayRow {
  const { id, userId, nextChargeAt, renewalHeldAt } = subscription;
  return {
    subscriptionId: id,
    userId,
    planId: charge.planId,
    state: renewalHeldAt === null ? 'PLANNED' : 'HELD',
    plannedAt: nextChargeAt!,
    amount: charge.amount,
    ...card,
    ...{ orderId: null, attempt: null, requestedAt: null, code: null },
  };
}
