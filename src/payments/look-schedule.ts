const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long after the asking Toss is looked at again, while Toss answers but cannot tell; then daily. */
const STEPS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR];

/** Toss forgets an idempotency key on day 15 (docs: using-api/authorization): asking again after that could charge twice. */
const LAST_LOOK = 14 * DAY;

/** While Toss answers nothing at all, the waiting must not grow: what is unknown is settled within a minute of its return. */
const WHILE_TOSS_IS_SILENT = 20 * SECOND;

/** The buyer has authenticated before we ask; a confirm is possible for 10 minutes after that, and may take half a minute to be answered. */
export const CONFIRM_WINDOW = 11 * MINUTE;

/** A process that asked has answered or died by then; until then its question is not repeated. */
export const ASKER_IS_SURELY_DONE = 15 * SECOND;

export function firstLookAt(askedAt: Date): Date {
  return new Date(askedAt.getTime() + STEPS[0]!);
}

/**
 * When to look again after a look at `now` that told nothing.
 *
 * @returns null once it is an operator's turn
 */
export function nextLookAt(askedAt: Date, now: Date, tossAnswered: boolean): Date | null {
  const age = now.getTime() - askedAt.getTime();
  if (age >= LAST_LOOK) return null;
  if (!tossAnswered) return new Date(now.getTime() + WHILE_TOSS_IS_SILENT);
  const step = STEPS.find((due) => due > age);
  const due = step ?? Math.min(LAST_LOOK, (Math.floor(age / DAY) + 1) * DAY);
  return new Date(askedAt.getTime() + due);
}
