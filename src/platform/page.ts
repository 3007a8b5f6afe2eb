import { z } from 'zod';
import { Problem } from './problem.ts';

/** What every list takes: `limit` (1 to 100, 20 unless told) and the `cursor` that the page before answered. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(300).optional(),
});

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** Where a page ended: lists are newest first, by creation and then by id. */
export interface Position {
  createdAt: Date;
  id: string;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Of a list whose ids are UUIDs. @throws Problem VALIDATION_FAILED for a cursor that no page answered */
export const uuidPositionOf = (cursor: string | undefined): Position | undefined => positionOf(cursor, UUID);

/** @throws Problem VALIDATION_FAILED for a cursor that no page answered */
export function positionOf(cursor: string | undefined, ids = /^[\w-]{1,64}$/): Position | undefined {
  if (cursor === undefined) return undefined;
  const [time, id] = Buffer.from(cursor, 'base64url').toString().split('|');
  const createdAt = new Date(Number(time));
  const sane = createdAt.getTime() > 0 && createdAt.getTime() < 10_000_000_000_000 && ids.test(id ?? '');
  if (!id || !sane) {
    throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'cursor', message: 'not a cursor of this list' }] });
  }
  return { createdAt, id };
}

/**
 * What follows on a list that is newest first. PostgreSQL takes the first condition for the bound of an index scan,
 * which it does
 * not do with the second alone: the same as a comparison of rows, `(created_at, id) < (...)`.
 */
export function olderThan<Id extends string>({ createdAt, id }: Position, idField: Id) {
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { [idField]: { lt: id } } as Record<Id, { lt: string }>],
  };
}

/** Cuts the one row too many that tells whether there is a next page. */
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
