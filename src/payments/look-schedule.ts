import type { Settings } from '../config.ts';
import type { Deposit } from '../providers/index.ts';
import type { TossPayment } from '../providers/toss/index.ts';
import type { Asked } from './payment.row.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long after the asking Toss is looked at again, while it shows the payment but not its end; then daily. */
const STEPS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR];

/** How long after the asking a virtual account is looked at for its deposit, without any webhook; then daily. */
const DEPOSIT_STEPS = [10 * MINUTE, HOUR, 6 * HOUR];

/** Toss forgets an idempotency key on day 15 (docs: using-api/authorization): asking again after that could charge twice. */
const LAST_LOOK = 14 * DAY;

/** While Toss tells nothing of the payment, the waiting must not grow: what is unknown is settled within a minute of its return. */
const WHILE_TOSS_IS_SILENT = 20 * SECOND;

/** The buyer has authenticated before we ask; a confirm is possible for 10 minutes after that, and may take half a minute to be answered. */
export const CONFIRM_WINDOW = 11 * MINUTE;

/** Repeating a question under the same idempotency key is harmless; not before this, so that a slow Toss is not asked everything twice. */
export const MAY_BE_ASKED_AGAIN = 15 * SECOND;

/** What a request may need besides the two answers it waits for: its claim, a pause, a slow connection. */
const OVERHEAD = 5 * SECOND;

/** How long the process that made a request may still be waiting for its answer: two timeouts of a confirm, or of a charge. */
export function maxRequestMs(cardId: string | null, { tossTimeoutMs, billingTimeoutMs }: Timeouts): number {
  return 2 * (cardId === null ? tossTimeoutMs : billingTimeoutMs) + OVERHEAD;
}

type Timeouts = Pick<Settings, 'tossTimeoutMs' | 'billingTimeoutMs'>;

/** Whoever asked first may still be waiting for the answer; else it was written down, or they died. */
export function mayStillBeAsking(
  { requestedAt, answered, cardId }: Pick<Asked, 'requestedAt' | 'answered' | 'cardId'>,
  now: Date,
  timeouts: Timeouts,
): boolean {
  return !answered && now.getTime() - requestedAt.getTime() < maxRequestMs(cardId, timeouts);
}

export function firstLookAt(requestedAt: Date): Date {
  return new Date(requestedAt.getTime() + STEPS[0]!);
}

/**
 * When to look again after a look at `now` that settled nothing.
 *
 * @param shown whether Toss showed the payment, or its absence; only then does the waiting grow
 * @param earliestAt a time by which a look can tell more than this one could
 * @returns null once it is an operator's turn
 */
export function nextPollAt(requestedAt: Date, now: Date, shown: boolean, earliestAt?: Date): Date | null {
  const age = now.getTime() - requestedAt.getTime();
  if (age >= LAST_LOOK) return null;
  if (!shown) return new Date(now.getTime() + WHILE_TOSS_IS_SILENT);
  const step = STEPS.find((due) => due > age);
  const due = requestedAt.getTime() + (step ?? Math.min(LAST_LOOK, (Math.floor(age / DAY) + 1) * DAY));
  return new Date(earliestAt && earliestAt > now ? Math.min(due, earliestAt.getTime()) : due);
}

/** When a virtual account runs out. */
export function dueAt({ virtualAccount }: TossPayment): Date | null {
  const due = new Date(virtualAccount?.dueDate ?? NaN);
  return Number.isNaN(due.getTime()) ? null : due;
}

/** When a virtual account runs out. null: it is none, or is not told */
export function accountDueAt(deposit: Deposit | null): Date | null {
  const due = new Date(deposit?.dueDate ?? NaN);
  return Number.isNaN(due.getTime()) ? null : due;
}

/** When to look for a deposit again: by the steps, and once right after the account has run out. */
export function nextDepositLookAt(requestedAt: Date, now: Date, dueAt: Date | null): Date {
  const age = now.getTime() - requestedAt.getTime();
  const step = DEPOSIT_STEPS.find((due) => due > age) ?? (Math.floor(age / DAY) + 1) * DAY;
  const next = requestedAt.getTime() + step;
  const over = dueAt && dueAt > now ? dueAt.getTime() + MINUTE : Infinity;
  return new Date(Math.min(next, over));
}
