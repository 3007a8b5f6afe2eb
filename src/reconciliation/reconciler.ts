import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, type Tx } from '../platform/database/index.ts';
import { SyncPayment } from '../workflows/sync-payment/index.ts';
import {
  type MerchantAccount,
  PAYMENT_PROVIDER,
  type PaymentProvider,
  type ProviderTransaction,
} from '../providers/index.ts';
import {
  type Difference,
  differencesBetween,
  isCancel,
  type Line,
  lineKey,
  linesOf,
  unknownCancels,
  withoutEmptyCancels,
} from './compare.ts';
import { inChunks, RecordedMovements } from './recorded-movements.ts';

const HOUR_MS = 3_600_000;
/** When, of the business day, the day before is compared. */
export const RECONCILE_AT = '04:00';
const RECONCILE_HOUR = 4;
/** Our clock and the provider's differ: what moved near midnight may be in either day. */
const AROUND_MS = 600_000;
const PAGE = 1_000;

/** Who resolves a difference that is gone when the day is compared again. */
const RECONCILER = 'reconcile';

/** What was found of a day. */
interface Found {
  theirs: Line[];
  ours: Line[];
  differences: Difference[];
  /** Payments that our records were behind on. */
  behind: string[];
}

/** 대사: compares day by day, records what we had missed, and writes down what is still different. */
@Injectable()
export class Reconciler {
  private readonly log = new Logger('reconciliation');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    private readonly calendar: BusinessCalendar,
    @Inject(PAYMENT_PROVIDER) private readonly provider: PaymentProvider,
    private readonly payments: SyncPayment,
    private readonly recorded: RecordedMovements,
  ) {}

  /**
   * Every day since the last one that was compared, up to yesterday, and once more each day that has open differences.
   *
   * @returns how many differences are open
   * @throws Error when the provider does not list its transactions; the next run makes up for it
   */
  async run(): Promise<number> {
    const yesterday = this.calendar.day(new Date(this.calendar.startOfDay(this.clock.now()).getTime() - HOUR_MS));
    const first = await this.firstDay(yesterday);
    const missed: string[] = [];
    for (let day = first; day <= yesterday; day = this.dayAfter(day)) missed.push(day);
    await this.compareDays(missed, (day) => day === yesterday);
    const open = await this.prisma.reconciliationDifference.findMany({
      where: { resolvedAt: null, date: { lt: first } },
      distinct: ['date'],
      select: { date: true },
    });
    for (const { date } of open) await this.compareDays([date], () => true);
    return this.prisma.reconciliationDifference.count({ where: { resolvedAt: null } });
  }

  /** The hour after the first day that moved money and was not compared; null when there is none. */
  async nextDue(): Promise<Date | null> {
    const { _max } = await this.prisma.reconciliation.aggregate({ _max: { date: true } });
    const moved = await this.recorded.firstSince(
      _max.date === null ? new Date(0) : this.calendar.midnightOf(_max.date, 1),
    );
    return moved && new Date(this.calendar.endOfDay(moved).getTime() + RECONCILE_HOUR * HOUR_MS);
  }

  private async firstDay(yesterday: string): Promise<string> {
    const { _max } = await this.prisma.reconciliation.aggregate({ _max: { date: true } });
    // The last one again: run by an operator before its hour, it may have been too early.
    if (_max.date !== null) return _max.date < yesterday ? this.dayAfter(_max.date) : yesterday;
    const moved = await this.recorded.firstSince(new Date(0));
    const day = moved && this.calendar.day(moved);
    return day && day < yesterday ? day : yesterday;
  }

  private dayAfter(day: string): string {
    return this.calendar.day(this.calendar.midnightOf(day, 1));
  }

  /**
   * Compares consecutive days. However many were missed, no more rows are held than fit on a page, or than one day
   * has: days that have more between them are halved.
   *
   * @param always whether a day is written down even when nothing moved
   */
  private async compareDays(days: readonly string[], always: (day: string) => boolean): Promise<void> {
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) return;
    const listed = await this.transactions(
      this.calendar.midnightOf(first),
      this.calendar.midnightOf(last, 1),
      days.length === 1,
    );
    if (listed === 'too many') {
      const half = Math.ceil(days.length / 2);
      await this.compareDays(days.slice(0, half), always);
      await this.compareDays(days.slice(half), always);
      return;
    }
    const rows = withoutEmptyCancels(listed, await this.unpaidOf(unknownCancels(listed)));
    for (const day of days) await this.compare(day, rows, always(day));
  }

  private async transactions(from: Date, to: Date, all: boolean): Promise<ProviderTransaction[] | 'too many'> {
    const accounts = this.provider.merchantAccounts;
    const lists = await Promise.all(accounts.map((account) => this.transactionsOf(account, from, to, all)));
    if (lists.includes('too many')) return 'too many';
    const rows = lists.filter((list) => list !== 'too many').flat();
    return [...new Map(rows.map((row) => [row.id, row])).values()];
  }

  /** @param all page by page; without, more than one page are too many */
  private async transactionsOf(
    account: MerchantAccount,
    from: Date,
    to: Date,
    all: boolean,
  ): Promise<ProviderTransaction[] | 'too many'> {
    const rows: ProviderTransaction[] = [];
    const range = { from: new Date(from.getTime() - AROUND_MS), to: new Date(to.getTime() + AROUND_MS) };
    for (let after: string | undefined; ;) {
      const page = await this.provider.listTransactions({ account, ...range, after, limit: PAGE });
      if (page.kind === 'unknown') throw new Error(`the provider does not list its transactions: ${page.code}`);
      rows.push(...page.rows);
      if (page.rows.length < PAGE) return rows;
      if (!all) return 'too many';
      after = page.rows.at(-1)!.id;
    }
  }

  /** Of payments that were cancelled, those that had never taken money. One that cannot be retrieved counts as paid. */
  private async unpaidOf(providerRefs: readonly string[]): Promise<Set<string>> {
    const paid = await this.recorded.paidOf(providerRefs);
    const unpaid = new Set<string>();
    for (const providerRef of providerRefs.filter((key) => !paid.has(key))) {
      const found = await this.provider.retrieve({ providerRef });
      if (found.kind === 'found' && found.payment.approvedAt === null) unpaid.add(providerRef);
    }
    return unpaid;
  }

  private async compare(date: string, rows: readonly ProviderTransaction[], always: boolean): Promise<void> {
    const [from, to] = [this.calendar.midnightOf(date), this.calendar.midnightOf(date, 1)];
    const within = (margin: number) => {
      const [start, end] = [new Date(from.getTime() - margin), new Date(to.getTime() + margin)];
      return linesOf(rows.filter(({ at }) => at >= start && at < end));
    };
    const [theirs, around] = [within(0), new Set(within(AROUND_MS).map(lineKey))];
    const before = await this.differences(from, to, theirs, around);
    if (!always && theirs.length === 0 && before.ours.length === 0) return;
    const behind = [...new Set(before.differences.map(({ providerRef }) => providerRef))];
    // One that cannot be retrieved stays a difference, and no other waits for it.
    for (const providerRef of behind) await this.payments.sync(providerRef);
    const after = behind.length > 0 ? await this.differences(from, to, theirs, around) : before;
    await this.write(date, { theirs, ours: after.ours, differences: after.differences, behind });
  }

  private async differences(
    from: Date,
    to: Date,
    theirs: readonly Line[],
    around: ReadonlySet<string>,
  ): Promise<{ ours: Line[]; differences: Difference[] }> {
    const [ours, known] = await Promise.all([this.recorded.between(from, to), this.recorded.of(theirs)]);
    return {
      ours,
      differences: differencesBetween(ours, new Map(known.map((line) => [lineKey(line), line])), theirs, around),
    };
  }

  private async write(date: string, found: Found): Promise<void> {
    const now = this.clock.now();
    const { theirs, ours, differences, behind } = found;
    const different = new Set(differences.map(({ providerRef }) => providerRef));
    const facts = {
      tossLines: theirs.length,
      ourLines: ours.length,
      matchedLines: theirs.length - differences.filter((difference) => difference.theirs !== null).length,
      settledCount: behind.filter((providerRef) => !different.has(providerRef)).length,
      tossNet: net(theirs),
      ourNet: net(ours),
      ranAt: now,
    };
    await this.prisma.atomically(async (tx) => {
      await tx.reconciliation.upsert({ where: { date }, create: { date, ...facts }, update: facts });
      await addDifferences(tx, date, differences, now);
      await resolveGone(tx, date, differences, now);
    });
    const nets = { tossNet: Number(facts.tossNet), ourNet: Number(facts.ourNet) };
    if (differences.length === 0) return this.log.log({ message: 'reconciled', date, ...facts, ...nets });
    const message = 'our records and the provider differ: an operator must resolve it';
    this.log.error({ message, date, differences: differences.length });
  }
}

/** Those that were found before stay as they are. */
async function addDifferences(tx: Tx, date: string, differences: readonly Difference[], now: Date): Promise<void> {
  const rows = differences.map(({ ours, theirs, ...difference }) => ({
    ...{ id: uuid(), date, ...difference, createdAt: now },
    ...(ours && { ours }),
    ...(theirs && { theirs }),
  }));
  for (const data of inChunks(rows)) await tx.reconciliationDifference.createMany({ data, skipDuplicates: true });
}

async function resolveGone(tx: Tx, date: string, differences: readonly Difference[], now: Date): Promise<void> {
  const stillOpen = new Set(differences.map((difference) => `${difference.kind} ${lineKey(difference)}`));
  const open = await tx.reconciliationDifference.findMany({ where: { date, resolvedAt: null } });
  const gone = open.filter((row) => !stillOpen.has(`${row.kind} ${lineKey(row)}`)).map(({ id }) => id);
  const data = { resolvedAt: now, resolvedBy: RECONCILER, how: 'settled' };
  for (const ids of inChunks(gone)) await tx.reconciliationDifference.updateMany({ where: { id: { in: ids } }, data });
}

/** Won taken, less won given back. */
function net(lines: readonly Line[]): bigint {
  return BigInt(lines.reduce((total, line) => total + (isCancel(line) ? -line.amount : line.amount), 0));
}
