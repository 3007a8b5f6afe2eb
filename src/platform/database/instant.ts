import { type Sql, sql } from './prisma.service.ts';

/** An instant in the JSON format of the API, `2026-11-21T02:00:00.000Z`, for events that are built in SQL. */
export const isoInstant = (instant: Sql): Sql =>
  sql`to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
