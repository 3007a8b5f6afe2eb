import { Injectable } from '@nestjs/common';
import { PrismaService, type Subscription, type Tx } from '../platform/database/index.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { type NextCharge, nextCharge } from '../pricing/index.ts';
import { chargeTerms } from './agreement.ts';
import {
  ANNOUNCE,
  type ConsentGiven,
  NEXT_DUE,
  RENEWALS_BY_ID,
  RENEWALS_PLANNED,
  RENEWALS_TO_ANNOUNCE,
} from './renewal.statements.ts';

/** Small enough that nothing waits for it. */
const BATCH = 1_000;

/** A subscription, what its next charge takes, and what that depends on. */
export interface Renewal {
  subscription: Subscription;
  charge: NextCharge;
  /** The newest consent to the charge that is still good. null: none was given */
  consentId: string | null;
  /** The card that is charged, as it may be shown. */
  card: { method: string | null; issuerCode: string | null; cardNumber: string | null; cardType: string | null };
}

type Row = Subscription & Renewal['card'] & { available: number; consents: ConsentGiven[] };
type Position = { nextChargeAt: Date; id: string };

const START: Position = { nextChargeAt: new Date(0), id: '00000000-0000-0000-0000-000000000000' };

/** Reads what is charged next, and records what was announced of it. */
@Injectable()
export class RenewalRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
  ) {}

  /** In the order in which they are due. Exact under a lock of the customers. */
  async byId(ids: readonly string[], tx: Tx = this.prisma): Promise<Renewal[]> {
    const rows = await this.prisma.run(RENEWALS_BY_ID, { ids, now: this.clock.now() }, tx);
    return rows.map((row) => this.renewalOf(row));
  }

  /** Those that are charged before an instant and wait for nothing, in order, a batch at a time. */
  toAnnounce(until: Date): AsyncGenerator<Renewal[]> {
    return this.inBatches((position) =>
      this.prisma.run(RENEWALS_TO_ANNOUNCE, { ...position, until, limit: BATCH, now: this.clock.now() }),
    );
  }

  /** Those that are charged within a time, on hold or not, in order, a batch at a time. */
  planned(from: Date, to: Date): AsyncGenerator<Renewal[]> {
    return this.inBatches((position) =>
      this.prisma.run(RENEWALS_PLANNED, { ...position, from, to, limit: BATCH, now: this.clock.now() }),
    );
  }

  /** One page of {@link planned}. */
  async plannedPage(from: Date, to: Date, after: Position | null, limit: number): Promise<Renewal[]> {
    const { nextChargeAt, id } = after ?? START;
    const page = { from, to, afterAt: nextChargeAt, afterId: id, limit, now: this.clock.now() };
    return (await this.prisma.run(RENEWALS_PLANNED, page)).map((row) => this.renewalOf(row));
  }

  /**
   * Records announcements of rows that are still as they were read.
   *
   * @param again also those that were made before
   * @returns the ids of those that were recorded
   */
  async announce(
    tx: Tx,
    changes: readonly { before: Subscription; after: Subscription }[],
    again: boolean,
  ): Promise<Set<string>> {
    const rows = changes.map(({ before, after }) => ({ ...after, readVersion: before.version }));
    return new Set((await this.prisma.run(ANNOUNCE, { rows, again }, tx)).map(({ id }) => id));
  }

  /** When the next charge is due; null when none is, or renewals are paused. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.run(NEXT_DUE, {});
    return row!.due;
  }

  private async *inBatches(
    read: (position: { afterAt: Date; afterId: string }) => Promise<Row[]>,
  ): AsyncGenerator<Renewal[]> {
    let after = START;
    for (let more = true; more;) {
      const rows = await read({ afterAt: after.nextChargeAt, afterId: after.id });
      yield rows.map((row) => this.renewalOf(row));
      const last = rows.at(-1);
      more = rows.length === BATCH;
      if (last) after = { nextChargeAt: last.nextChargeAt!, id: last.id };
    }
  }

  private renewalOf(row: Row): Renewal {
    const { available, consents, method, issuerCode, cardNumber, cardType, ...subscription } = row;
    const charge = nextCharge(this.calendar, chargeTerms(subscription), subscription, available);
    const consent = consents.find(({ planId, price }) => planId === charge.planId && price >= charge.price);
    const card = { method, issuerCode, cardNumber, cardType };
    return { subscription, charge, consentId: consent?.id ?? null, card };
  }
}
