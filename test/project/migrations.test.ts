import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../src/platform/database/migrate.ts';
import { withSchemaEngine } from '../../src/platform/database/schema-engine.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const prismaFolder = join(import.meta.dirname, '../../prisma');
const schemaPath = join(prismaFolder, 'schema.prisma');

let migrated: TestDatabase;
let described: TestDatabase;

beforeAll(async () => {
  migrated = await createDatabase('template0');
  described = await createDatabase('template0');
});
afterAll(() => Promise.all([migrated.drop(), described.drop()]));

const COLUMNS = `
  SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, character_maximum_length, datetime_precision
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%' ORDER BY 1, 2`;
const KEYS = `
  SELECT conrelid::regclass::text AS table, conname, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u') AND conrelid::regclass::text NOT LIKE '\\_prisma%' ORDER BY 1, 2`;

describe('the migrations', () => {
  it('lead to what the schema describes', async () => {
    await migrate(migrated.url, prismaFolder);
    const content = readFileSync(schemaPath, 'utf8');
    const { stdout } = await withSchemaEngine({ databaseUrl: described.url, schemaPath }, (engine) =>
      engine.diff({
        from: { tag: 'empty' },
        to: { tag: 'schemaDatamodel', files: [{ path: schemaPath, content }] },
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
    await described.query(stdout!);
    expect(await migrated.query(COLUMNS)).toEqual(await described.query(COLUMNS));
    expect(await migrated.query(KEYS)).toEqual(await described.query(KEYS));
  });

  it('are applied once, also by two programs that start at the same moment', async () => {
    const fresh = await createDatabase('template0');
    const [first, second] = await Promise.all([migrate(fresh.url, prismaFolder), migrate(fresh.url, prismaFolder)]);
    expect([first.length, second.length].toSorted((a, b) => a - b)).toEqual([0, expect.any(Number)]);
    expect(first.length + second.length).toBeGreaterThan(0);
    await fresh.drop();
  });
});

describe('the database itself refuses', () => {
  const payment = (values: string) =>
    `INSERT INTO payment (order_id, user_id, plan_id, order_name, amount, status, payment_key, approved_at, created_at) VALUES (${values})`;

  it.each([
    [
      'an amount below nothing',
      payment(`'o-1', 'u', 1, 'n', -1, 'PENDING', 'k-1', NULL, now()`),
      'payment_amount_not_negative',
    ],
    [
      'a message about no order',
      `INSERT INTO outgoing_event (uuid, type, user_id, order_id, data, status, created_at) VALUES (gen_random_uuid(), 't', 'u', 'none', '{}', 'KEPT', now())`,
      'outgoing_event_order_id_fkey',
    ],
    [
      'a balance entry of no order',
      `INSERT INTO balance_entry (user_id, amount, reason, order_id, created_at) VALUES ('u', 1, 'kept', 'none', now())`,
      'balance_entry_order_id_fkey',
    ],
    [
      'a balance entry without a known reason',
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('u', 1, 'gift', now())`,
      'balance_entry_reason',
    ],
    [
      'an audit entry of an unknown role',
      `INSERT INTO audit_log (actor, role, action, address, request_id, created_at) VALUES ('a', 'root', 'x', 'y', 'z', now())`,
      'audit_log_role',
    ],
    [
      'a payment key for two orders',
      `${payment(`'o-2', 'u', 1, 'n', 1, 'PENDING', 'k-2', NULL, now()`)}; ${payment(`'o-3', 'u', 1, 'n', 1, 'PENDING', 'k-2', NULL, now()`)}`,
      'payment_key_once',
    ],
    [
      'a success without a time',
      payment(`'o-4', 'u', 1, 'n', 1, 'SUCCESS', 'k-4', NULL, now()`),
      'payment_paid_has_time',
    ],
    [
      'a plan without a price',
      `INSERT INTO plan (type, name, duration_months) VALUES ('BASIC', 'n', 1)`,
      'plan_only_events_without_price',
    ],
    [
      'two live subscriptions of one user',
      `INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at, anchor_months, start_date, end_date, created_at)
       SELECT gen_random_uuid(), 'u', 1, 1, 9900, 1, now(), 1, now(), now() + interval '1 month', now() FROM generate_series(1, 2)`,
      'subscription_one_live_per_user',
    ],
    [
      'a changed audit entry',
      `INSERT INTO audit_log (actor, role, action, address, request_id, created_at) VALUES ('a', 'operator', 'x', '::1', 'r', now()); DELETE FROM audit_log`,
      'append-only',
    ],
  ])('%s', async (_, statement, complaint) => {
    const database = await createDatabase();
    await expect(database.query(statement)).rejects.toThrow(complaint);
    await database.drop();
  });
});
