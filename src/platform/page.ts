import { z } from 'zod';
import { Problem } from './problem.ts';

/** The query of every list: `limit` (1 to 100, default 20) and the `cursor` of the previous page. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(300).optional(),
});

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** The end of a page: lists are newest first, by creation and then by id. */
export interface Position {
  createdAt: Date;
  id: string;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** For a list whose ids are UUIDs. @throws Problem VALIDATION_FAILED for an invalid cursor */
export const uuidPositionOf = (cursor: string | undefined): Position | undefined => positionOf(cursor, UUID);

/** @throws Problem VALIDATION_FAILED for an invalid cursor */
export function positionOf(cursor: string | undefined, ids = /^[\w-]{1,64}$/): Position | undefined {
  if (cursor === undefined) return undefined;
  const [time, id] = Buffer.from(cursor, 'base64url').toString().split('|');
  const createdAt = new Date(Number(time));
  const isValid = createdAt.getTime() > 0 && createdAt.getTime() < 10_000_000_000_000 && ids.test(id ?? '');
  if (!id || !isValid) {
    throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'cursor', message: 'not a cursor of this list' }] });
  }
  return { createdAt, id };
}

/**
 * Selects the rows after a position: the same as `(created_at, id) < (...)`. PostgreSQL needs the first condition to
 * bound the index scan.
 */
export function olderThan<Id extends string>({ createdAt, id }: Position, idField: Id) {
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { [idField]: { lt: id } } as Record<Id, { lt: string }>],
  };
}

/** Drops the extra row that shows whether there is a next page. */
export function pageOf<Row, View>(
  rows: Row[],
  limit: number,
  position: (row: Row) => Position,
  view: (row: Row) => View,
): Page<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  const { createdAt, id } = more ? position(last) : { createdAt: null, id: null };
  return {
    data: shown.map(view),
    nextCursor: more ? Buffer.from(`${createdAt!.getTime()}|${id}`).toString('base64url') : null,
  };
}
