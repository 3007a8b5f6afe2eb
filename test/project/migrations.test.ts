import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
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

/** Indexes with a condition, an expression or columns beside the key: only the migration can say them. */
const ONLY_IN_SQL = [
  'balance_entry_of_order',
  'balance_entry_once_per_order',
  'customer_charging_once',
  'event_entry_of_order',
  'event_entry_one_gift_per_order',
  'event_entry_total',
  'incoming_webhook_digests',
  'incoming_webhook_to_process',
  'invoice_drafts_by_expiry',
  'invoice_drafts_of',
  'invoice_of_period',
  'invoice_once_per_period',
  'invoice_past_due',
  'invoice_with_balance',
  'outgoing_event_to_try',
  'payment_approved_at',
  'payment_attempt_failures',
  'payment_card_end',
  'payment_ref_once',
  'payment_never_requested',
  'payment_one_charge_at_once',
  'payment_pending',
  'payment_reversed',
  'payment_to_poll',
  'payment_void_to_try',
  'reconciliation_difference_open',
  'refund_completed_at',
  'refund_to_try',
  'subscription_held_renewals',
  'subscription_of_card',
  'subscription_one_live_per_user',
  'subscription_past_due',
  'subscription_period_no_overlap',
  'subscription_renewal_under_way',
  'subscription_to_charge',
  'subscription_to_expire',
  'subscription_to_switch',
];

const COLUMNS = `
  SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, character_maximum_length,
         datetime_precision
    FROM information_schema.columns
   WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%' ORDER BY 1, 2`;
const KEYS = `
  SELECT conrelid::regclass::text AS table, conname, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
   WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u')
     AND conrelid::regclass::text NOT LIKE '\\_prisma%' ORDER BY 1, 2`;
const INDEXES = `
  SELECT tablename, indexname, indexdef FROM pg_indexes
   WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%' ORDER BY 1, 2`;
const COLUMNS_WITHOUT_KEY = `
  SELECT attrelid::regclass || '.' || attname AS name
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
   WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE '\\_prisma%'
     AND attname LIKE '%\\_id' AND NOT attisdropped
     AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = attrelid AND attnum = ANY(conkey))
   ORDER BY 1`;
const ENUMS = `
  SELECT typname, array_agg(enumlabel::text ORDER BY enumsortorder) AS labels
    FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
   WHERE typnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 1`;

/** The ids that are no references, or name what need not be ours, and why. */
const NO_REFERENCE = {
  'audit_log.order_id': 'an operator may end a webhook or a difference of an order that is not ours',
  'audit_log.request_id': 'requests are in the log',
  'customer.user_id': 'names the row itself; users are of the issuer of the tokens',
  'idempotent_request.user_id': 'a caller need not be a customer',
  'incoming_webhook.order_id': 'what the provider names may be no order of ours',
  'incoming_webhook.transmission_id': 'an id of the provider',
  'invoice.order_id': 'names the row itself',
  'outgoing_event.user_id': 'what it is about has one, and a night writes many at once',
  'payment_attempt.request_id': 'requests are in the log',
  'reconciliation_difference.order_id': 'what the provider names may be no order of ours',
};

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
    expect(await migrated.query(ENUMS)).toEqual(await described.query(ENUMS));
    const indexes = await migrated.query<{ indexname: string }>(INDEXES);
    const isOnlyInSql = ({ indexname }: { indexname: string }) => ONLY_IN_SQL.includes(indexname);
    expect(indexes.filter(isOnlyInSql).map(({ indexname }) => indexname)).toEqual(expect.arrayContaining(ONLY_IN_SQL));
    expect(indexes.filter((index) => !isOnlyInSql(index))).toEqual(await described.query(INDEXES));
  });

  it('give a foreign key to every column that refers to a row', async () => {
    const without = await migrated.query<{ name: string }>(COLUMNS_WITHOUT_KEY);
    expect(without.map(({ name }) => name)).toEqual(Object.keys(NO_REFERENCE));
  });

  it('are applied once, also by two programs that start at the same moment', async () => {
    const fresh = await createDatabase('template0');
    const [first, second] = await Promise.all([migrate(fresh.url, prismaFolder), migrate(fresh.url, prismaFolder)]);
    const folders = readdirSync(join(prismaFolder, 'migrations'), { withFileTypes: true });
    const migrations = folders.filter((entry) => entry.isDirectory()).length;
    expect([first.length, second.length].toSorted((a, b) => a - b)).toEqual([0, migrations]);
    await fresh.drop();
  });
});

describe('the database itself refuses', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(`
      INSERT INTO customer (user_id, customer_key)
      SELECT name, name FROM unnest(ARRAY['u', 'periods-20', 'periods-30']) AS users (name)`);
  });
  afterAll(() => database.drop());

  const invoice = (orderId: string, values: string) => `
    INSERT INTO invoice (order_id, user_id, plan_id, order_name, created_at, amount, status)
    VALUES ('${orderId}', 'u', 1, 'n', now(), ${values})`;

  const payment = (orderId: string, values: string) => `
    ${invoice(orderId, "1, 'VOID'")};
    INSERT INTO payment (order_id, user_id, created_at, provider, merchant_account, amount, status, provider_ref,
      approved_at)
    VALUES ('${orderId}', 'u', now(), 'toss', 'main', ${values})`;

  const attempt = (orderId: string, columns: string, values: string) => `
    ${payment(orderId, "1, 'PENDING', NULL, NULL")};
    INSERT INTO payment_attempt (order_id, number, requested_at, ${columns})
    VALUES ('${orderId}', 1, now(), ${values})`;

  /** A subscription with a period of thirty days, and another that begins so many days after its start. */
  const periods = (days: number) => `
    WITH live AS (
      INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
        anchor_months, start_date, end_date, created_at)
      VALUES (gen_random_uuid(), 'periods-${days}', 1, 1, 9900, 1, now(), 1, now(), now() + interval '60 days', now())
      RETURNING id)
    INSERT INTO subscription_period (id, subscription_id, plan_id, months, starts_at, ends_at, price, list_price,
      created_at)
    SELECT gen_random_uuid(), id, 1, 1, now() + days * interval '1 day', now() + (days + 30) * interval '1 day', 9900,
      9900, now()
    FROM live CROSS JOIN unnest(ARRAY[0, ${days}]) AS days`;

  it('no periods that follow one another', async () => {
    await expect(database.query(periods(30))).resolves.toBeDefined();
  });

  it('no charge that begins while another row is written for its buyer', async () => {
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query(`
      BEGIN; INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('u', 1, 'kept', now())`);
    // The row above shares a lock of the buyer's, which only a change of their key would wait for.
    await database
      .query(`SET LOCAL lock_timeout = '2s'; ${payment('charge', `1, 'PENDING', NULL, NULL`)};
      UPDATE customer SET charging_order_id = 'charge' WHERE user_id = 'u'`)
      .finally(() => void other.end());
    expect(await database.query(`SELECT user_id FROM customer WHERE charging_order_id = 'charge'`)).toHaveLength(1);
  });

  it.each([
    ['an amount below nothing', payment('o-1', `-1, 'PENDING', 'k-1', NULL`), 'payment_amount_not_negative'],
    ['an invoice of less than nothing', invoice('o-5', `-1, 'VOID'`), 'invoice_amount_not_negative'],
    ['a draft that never expires', invoice('o-6', `1, 'DRAFT'`), 'invoice_draft_is_quoted'],
    ['a paid invoice without a time', invoice('o-7', `1, 'PAID'`), 'invoice_paid_has_time'],
    ['a declined renewal of no subscription', invoice('o-8', `1, 'PAST_DUE'`), 'invoice_only_a_renewal_is_past_due'],
    [
      'a payment of no invoice',
      `INSERT INTO payment (order_id, user_id, created_at, amount, status) VALUES ('o-9', 'u', now(), 1, 'FAILED')`,
      'payment_order_id_fkey',
    ],
    [
      'a payment of no customer',
      `${invoice('o-11', "1, 'VOID'")};
        INSERT INTO payment (order_id, user_id, created_at, amount, status)
        VALUES ('o-11', 'none', now(), 1, 'FAILED')`,
      'payment_user_id_fkey',
    ],
    [
      'a subscription of no customer',
      `INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
        anchor_months, start_date, end_date, created_at)
       VALUES (gen_random_uuid(), 'none', 1, 1, 9900, 1, now(), 1, now(), now() + interval '1 month', now())`,
      'subscription_user_id_fkey',
    ],
    [
      'a balance entry of no customer',
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('none', 1, 'kept', now())`,
      'balance_entry_user_id_fkey',
    ],
    [
      'a message about no order',
      `INSERT INTO outgoing_event (uuid, type, user_id, order_id, data, status, created_at)
        VALUES (gen_random_uuid(), 't', 'u', 'none', '{}', 'KEPT', now())`,
      'outgoing_event_order_id_fkey',
    ],
    [
      'a balance entry of no order',
      `INSERT INTO balance_entry (user_id, amount, reason, order_id, created_at)
        VALUES ('u', 1, 'kept', 'none', now())`,
      'balance_entry_order_id_fkey',
    ],
    [
      'a balance entry without a known reason',
      `INSERT INTO balance_entry (user_id, amount, reason, created_at) VALUES ('u', 1, 'gift', now())`,
      'balance_entry_reason',
    ],
    [
      'an audit entry of an unknown role',
      `INSERT INTO audit_log (actor, role, action, address, request_id, created_at)
        VALUES ('a', 'root', 'x', 'y', 'z', now())`,
      'audit_log_role',
    ],
    [
      'a payment key for two orders',
      ['o-2', 'o-3'].map((id) => payment(id, `1, 'PENDING', 'k-2', NULL`)).join(';'),
      'payment_ref_once',
    ],
    [
      'a request to no provider',
      attempt('o-10', 'idempotency_key', `'confirm-o-10-1'`),
      'payment_attempt_request_has_provider',
    ],
    [
      'an attempt at an unknown provider',
      attempt('o-11', 'provider, merchant_account', `'cash', 'main'`),
      'payment_attempt_provider',
    ],
    [
      'an attempt with an unknown account',
      attempt('o-12', 'provider, merchant_account', `'toss', 'other'`),
      'payment_attempt_merchant_account',
    ],
    [
      'an attempt at a provider, with no account',
      attempt('o-13', 'provider', `'toss'`),
      'payment_attempt_provider_with_account',
    ],
    [
      'a payment key of no provider',
      `${payment('o-14', "1, 'PENDING', 'k-14', NULL")};
        UPDATE payment SET provider = NULL, merchant_account = NULL WHERE order_id = 'o-14'`,
      'payment_ref_has_provider',
    ],
    ['a success without a time', payment('o-4', `1, 'SUCCESS', 'k-4', NULL`), 'payment_paid_has_time'],
    [
      'a plan without a price',
      `INSERT INTO plan (type, name) VALUES ('BASIC', 'n')`,
      'null value in column "price_id"',
    ],
    [
      "a plan that points at another plan's price",
      `UPDATE plan SET price_id = (SELECT price_id FROM plan WHERE id = 2) WHERE id = 1`,
      'plan_price_id_id_fkey',
    ],
    [
      'a price of no amount',
      `INSERT INTO price (plan_id, plan_type, duration_months) VALUES (1, 'BASIC', 1)`,
      'price_only_events_without_amount',
    ],
    [
      'a price that grants no time',
      `INSERT INTO price (plan_id, plan_type, amount) VALUES (1, 'BASIC', 1000)`,
      'price_only_events_without_time',
    ],
    [
      "a price of another type than its plan's",
      `INSERT INTO price (plan_id, plan_type) VALUES (1, 'EVENT')`,
      'price_plan_id_plan_type_fkey',
    ],
    ['a changed price', 'UPDATE price SET amount = amount + 1', 'price is append-only'],
    ['a price that is deleted', 'DELETE FROM price', 'price is append-only'],
    [
      "an order at another plan's price",
      `${invoice('o-10', `1, 'VOID'`)};
       UPDATE invoice SET price_id = (SELECT price_id FROM plan WHERE id = 2) WHERE order_id = 'o-10'`,
      'invoice_price_id_plan_id_fkey',
    ],
    [
      'two live subscriptions of one user',
      `INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
        anchor_months, start_date, end_date, created_at)
       SELECT gen_random_uuid(), 'u', 1, 1, 9900, 1, now(), 1, now(), now() + interval '1 month', now()
         FROM generate_series(1, 2)`,
      'subscription_one_live_per_user',
    ],
    ['two standing periods that overlap', periods(20), 'subscription_period_no_overlap'],
    [
      'a webhook about nothing known',
      `INSERT INTO incoming_webhook (id, transmission_id, provider, type, about, body_hash, retried_count, created_at)
        VALUES (gen_random_uuid(), 't', 'toss', 'X', 'x', repeat('0', 64), 0, now())`,
      'incoming_webhook_about',
    ],
    [
      'a webhook of an unknown provider',
      `INSERT INTO incoming_webhook (id, transmission_id, provider, type, about, body_hash, retried_count, created_at)
        VALUES (gen_random_uuid(), 't', 'cash', 'X', 'other', repeat('0', 64), 0, now())`,
      'incoming_webhook_provider',
    ],
    [
      'a changed audit entry',
      `INSERT INTO audit_log (actor, role, action, address, request_id, created_at)
        VALUES ('a', 'operator', 'x', '::1', 'r', now()); DELETE FROM audit_log`,
      'append-only',
    ],
  ])('%s', async (_, statement, complaint) => {
    // Several statements in one query are one transaction: nothing is left of what was refused.
    await expect(database.query(statement)).rejects.toThrow(complaint);
  });

  const CARD = { payment_method_id: 'gen_random_uuid()' };
  const PLANNED = { ...CARD, next_charge_at: 'now()' };
  const HELD = { renewal_held_at: 'now()', renewal_held_reason: `'DEFECT'` };
  const UNDER_WAY = { ...CARD, renewal_order_id: `'order'` };
  const ENDED = { is_active: 'false', status: `'EXPIRED'` };

  it.each<[string, Record<string, string>, string]>([
    ['TRIALING, and paid for', { status: `'TRIALING'` }, 'subscription_status_follows'],
    [
      'TRIALING, and past due',
      { status: `'TRIALING'`, is_trial: 'true', past_due_since: 'now()' },
      'subscription_status_follows',
    ],
    ['ACTIVE, and a trial', { status: `'ACTIVE'`, is_trial: 'true' }, 'subscription_status_follows'],
    ['ACTIVE, and past due', { status: `'ACTIVE'`, past_due_since: 'now()' }, 'subscription_status_follows'],
    ['ACTIVE, and ended', { status: `'ACTIVE'`, is_active: 'false' }, 'subscription_status_follows'],
    ['PAST_DUE, and never declined', { status: `'PAST_DUE'` }, 'subscription_status_follows'],
    ['CANCELED, and live', { status: `'CANCELED'`, cancel_at_period_end: 'true' }, 'subscription_status_follows'],
    ['CANCELED, and ended unpaid', { ...ENDED, status: `'CANCELED'` }, 'subscription_status_follows'],
    ['EXPIRED, and cancelled', { ...ENDED, cancel_at_period_end: 'true' }, 'subscription_status_follows'],
    ['EXPIRED, and live', { status: `'EXPIRED'` }, 'subscription_status_follows'],
    ['NONE, and planned', PLANNED, 'subscription_renewal_state_follows'],
    ['NONE, and under way', UNDER_WAY, 'subscription_renewal_state_follows'],
    ['NONE, and on hold', HELD, 'subscription_renewal_state_follows'],
    ['SCHEDULED, and not planned', { renewal_state: `'SCHEDULED'` }, 'subscription_renewal_state_follows'],
    [
      'SCHEDULED, and on hold',
      { ...PLANNED, ...HELD, renewal_state: `'SCHEDULED'` },
      'subscription_renewal_state_follows',
    ],
    ['SCHEDULED, and under way', { ...UNDER_WAY, renewal_state: `'SCHEDULED'` }, 'subscription_renewal_state_follows'],
    ['CHARGING, and no order', { renewal_state: `'CHARGING'` }, 'subscription_renewal_state_follows'],
    [
      'ON_HOLD, and under way',
      { ...UNDER_WAY, ...HELD, renewal_state: `'ON_HOLD'` },
      'subscription_renewal_state_follows',
    ],
    ['ON_HOLD, and not on hold', { renewal_state: `'ON_HOLD'` }, 'subscription_renewal_state_follows'],
    ['ON_HOLD, and ended', { ...ENDED, ...HELD, renewal_state: `'ON_HOLD'` }, 'subscription_renewal_ends_with_it'],
  ])('a subscription that is said to be %s', async (_, columns, constraint) => {
    const statement = `
      INSERT INTO subscription (id, user_id, plan_id, agreed_plan_id, agreed_price, agreed_months, anchor_at,
        anchor_months, start_date, end_date, created_at, ${Object.keys(columns).join(', ')})
      VALUES (gen_random_uuid(), 'states', 1, 1, 9900, 1, now(), 1, now(), now() + interval '1 month', now(),
        ${Object.values(columns).join(', ')})`;
    await expect(database.query(statement)).rejects.toThrow(constraint);
  });
});
