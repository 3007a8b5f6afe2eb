import { columnList, columnOf, columnRecord } from '../platform/database/column-types.ts';
import { statement, t, type Types } from '../platform/database/index.ts';
import { periodColumns, subscriptionColumns } from './subscription.columns.ts';

/** The columns that a subscription and a period keep for life. */
const FIXED = new Set(['id', 'user_id', 'created_at', 'subscription_id']);

/** What a write of a row sends: all but what it keeps for life. */
const { userId: _userId, createdAt: _createdAt, ...savedColumns } = subscriptionColumns;

const assignments = (columns: Types): string =>
  Object.keys(columns)
    .map(columnOf)
    .filter((name) => !FIXED.has(name))
    .map((name) => `${name} = given.${name}`)
    .join(', ');

/** Locks one, and reads it as it is when the lock is granted. */
export const LOCK = statement('subscriptions.lock', {
  params: { id: t.uuid },
  row: subscriptionColumns,
  sql: `SELECT ${columnList(subscriptionColumns)} FROM subscription WHERE id = :id::uuid FOR NO KEY UPDATE`,
});

/** Locks those that renew, or renewed, from a card. */
export const LOCK_OF_CARD = statement('subscriptions.lock_of_card', {
  params: { paymentMethodId: t.uuid },
  row: subscriptionColumns,
  sql: `
    SELECT ${columnList(subscriptionColumns)} FROM subscription
    WHERE payment_method_id = :paymentMethodId::uuid ORDER BY id FOR NO KEY UPDATE`,
});

/** Locks the one of a user that is live. */
export const LOCK_LIVE = statement('subscriptions.lock_live', {
  params: { userId: t.text },
  row: subscriptionColumns,
  sql: `
    SELECT ${columnList(subscriptionColumns)} FROM subscription
    WHERE user_id = :userId AND is_active FOR NO KEY UPDATE`,
});

/** Writes rows whose version has counted up by one. Where one has changed since it was read, nothing is written. */
export const SAVE = statement('subscriptions.save', {
  params: { ids: t.list(t.uuid), rows: t.rows(savedColumns) },
  row: { refused: t.nullable(t.int) },
  sql: `
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(:rows::jsonb) AS given (${columnRecord(savedColumns)})
    ), saved AS (
      UPDATE subscription SET ${assignments(savedColumns)}
      FROM given
      WHERE subscription.id = ANY(:ids::uuid[]) AND subscription.id = given.id
        AND subscription.version = given.version - 1
      RETURNING subscription.id
    )
    SELECT CASE WHEN (SELECT count(*) FROM saved) < (SELECT count(*) FROM given)
      THEN refuse_stale_subscription() END AS refused`,
});

export const INSERT = statement('subscriptions.insert', {
  params: { rows: t.rows(subscriptionColumns) },
  row: {},
  sql: `
    INSERT INTO subscription (${columnList(subscriptionColumns)})
    SELECT ${columnList(subscriptionColumns)}
    FROM jsonb_to_recordset(:rows::jsonb) AS given (${columnRecord(subscriptionColumns)})`,
});

export const INSERT_PERIOD = statement('subscriptions.insert_period', {
  params: { rows: t.rows(periodColumns) },
  row: {},
  sql: `
    INSERT INTO subscription_period (${columnList(periodColumns)})
    SELECT ${columnList(periodColumns)}
    FROM jsonb_to_recordset(:rows::jsonb) AS given (${columnRecord(periodColumns)})`,
});

export const SAVE_PERIODS = statement('subscriptions.save_periods', {
  params: { rows: t.rows(periodColumns) },
  row: {},
  sql: `
    UPDATE subscription_period SET ${assignments(periodColumns)}
    FROM jsonb_to_recordset(:rows::jsonb) AS given (${columnRecord(periodColumns)})
    WHERE subscription_period.id = given.id`,
});
