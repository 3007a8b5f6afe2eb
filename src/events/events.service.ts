import { Injectable } from '@nestjs/common';
import { SingleFlight } from '../platform/single-flight.ts';
import { PrismaService, statement, t, type Tx } from '../platform/database/index.ts';

const TOTALS = statement('events.totals', {
  params: {},
  row: { id: t.int, name: t.text, currency: t.text, total: t.long },
  sql: `
    SELECT plan.id, plan.name, price.currency,
      (SELECT COALESCE(sum(amount), 0)::int8 FROM event_entry WHERE event_entry.plan_id = plan.id) AS total
    FROM plan JOIN price ON price.id = plan.price_id WHERE plan.type = 'EVENT' ORDER BY plan.id`,
});

export interface EventTotal {
  planId: number;
  name: string;
  /** Whole won, refunds taken off. */
  totalAmount: number;
  currency: string;
}

@Injectable()
export class EventsService {
  private readonly sums = new SingleFlight<EventTotal[]>();

  constructor(private readonly prisma: PrismaService) {}

  /**
   * What every event plan has gathered. A sum over an index, so that no contribution waits for another. Requests at the
   * same time share one sum, which begins after they came, so that it has what was given before.
   */
  totals(): Promise<EventTotal[]> {
    return this.sums.run('totals', () => this.sum());
  }

  private async sum(): Promise<EventTotal[]> {
    const rows = await this.prisma.run(TOTALS, {});
    return rows.map(({ id, total, ...plan }) => ({ planId: id, totalAmount: total, ...plan }));
  }

  /** Deducts what went back, in the caller's transaction. `amount` in won, positive. */
  async deduct(
    tx: Tx,
    { amount, ...contribution }: { planId: number; orderId: string; amount: number; round: number },
    now: Date,
  ): Promise<void> {
    await tx.eventEntry.create({ data: { ...contribution, amount: -amount, createdAt: now } });
  }
}
