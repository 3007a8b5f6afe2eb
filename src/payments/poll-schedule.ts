import { CAPABILITIES, type Deposit, type Timeouts } from '../providers/index.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long after a request the provider is polled, while it shows the payment but not its end; then daily. */
const STEPS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR];

/** How long after a request a virtual account is polled for its deposit, without any webhook; then daily. */
const DEPOSIT_STEPS = [10 * MINUTE, HOUR, 6 * HOUR];

/** Once the provider forgets the idempotency key, a repeated request could charge twice. */
const LAST_POLL = CAPABILITIES.idempotencyLifetimeMs;

/**
 * While the provider answers nothing the interval must not grow: what is unknown is resolved within a minute of its
 * return.
 */
const WHILE_SILENT = 20 * SECOND;

/**
 * Repeating a request under its idempotency key is harmless; not before this, so that a slow provider gets no second
 * request.
 */
export const REPEAT_AFTER_MS = 15 * SECOND;

/** What a request may need besides the two answers that it waits for: beginning it, a pause, a slow connection. */
const OVERHEAD = 5 * SECOND;

/** How long the process that made a request may still wait for its answer: two time-outs. */
export function maxRequestMs(paymentMethodId: string | null, { requestMs, chargeMs }: Timeouts): number {
  return 2 * (paymentMethodId === null ? requestMs : chargeMs) + OVERHEAD;
}

/** When a request was made, and whether its outcome was recorded. */
interface RequestState {
  requestedAt: Date;
  isAnswered: boolean;
  /** null: the buyer confirms */
  paymentMethodId: string | null;
}

/**
 * The process that made the request may still wait for its answer; else the answer was recorded, or the process died.
 */
export function mayBeUnderWay(
  { requestedAt, isAnswered, paymentMethodId }: RequestState,
  now: Date,
  timeouts: Timeouts,
): boolean {
  return !isAnswered && now.getTime() - requestedAt.getTime() < maxRequestMs(paymentMethodId, timeouts);
}

export function firstPollAt(requestedAt: Date): Date {
  return new Date(requestedAt.getTime() + STEPS[0]!);
}

/**
 * When to poll again after a poll at `now` that decided nothing.
 *
 * @param shown whether the provider showed the payment, or its absence; only then the interval grows
 * @param earliestAt a time by which a poll can tell more than this one could
 * @returns null once it is an operator's turn
 */
export function nextPollAt(requestedAt: Date, now: Date, shown: boolean, earliestAt?: Date): Date | null {
  const age = now.getTime() - requestedAt.getTime();
  if (age >= LAST_POLL) return null;
  if (!shown) return new Date(now.getTime() + WHILE_SILENT);
  const step = STEPS.find((due) => due > age);
  const due = requestedAt.getTime() + (step ?? Math.min(LAST_POLL, (Math.floor(age / DAY) + 1) * DAY));
  return new Date(earliestAt && earliestAt > now ? Math.min(due, earliestAt.getTime()) : due);
}

/** When a virtual account runs out. null: it is none, or does not say */
export function accountDueAt(deposit: Deposit | null): Date | null {
  const due = new Date(deposit?.dueDate ?? NaN);
  return Number.isNaN(due.getTime()) ? null : due;
}

/** When to poll for a deposit again: by the steps, and once right after the account has run out. */
export function nextDepositPollAt(requestedAt: Date, now: Date, dueAt: Date | null): Date {
  const age = now.getTime() - requestedAt.getTime();
  const step = DEPOSIT_STEPS.find((due) => due > age) ?? (Math.floor(age / DAY) + 1) * DAY;
  const next = requestedAt.getTime() + step;
  const over = dueAt && dueAt > now ? dueAt.getTime() + MINUTE : Infinity;
  return new Date(Math.min(next, over));
}
