import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** Which folder of src writes a table. Any module may read it. */
const OWNERS: Record<string, string> = {
  audit_log: 'audit',
  balance_entry: 'customers',
  consent: 'subscriptions',
  customer: 'customers',
  event_entry: 'events',
  idempotent_request: 'idempotency',
  invoice: 'invoices',
  invoice_line: 'invoices',
  incoming_webhook: 'webhooks',
  job_run: 'platform/jobs',
  outgoing_event: 'outbox',
  payment: 'payments',
  payment_attempt: 'payments',
  payment_method: 'payment-methods',
  payment_void: 'payments',
  plan: 'catalog',
  price: 'catalog',
  reconciliation: 'reconciliation',
  reconciliation_difference: 'reconciliation',
  refund: 'refunds',
  renewal_switch: 'subscriptions',
  sandbox_clock: 'sandbox',
  subscription: 'subscriptions',
  subscription_period: 'subscriptions',
};

/** The hottest paths: one static statement writes what several modules own, each in a file of its own. */
const HOT = ['src/workflows/begin-attempt/attempt.statements.ts', 'src/workflows/record-outcome/changes.statement.ts'];

const MODEL_OF = new Map(Object.keys(OWNERS).map((table) => [camel(table), table]));
const SQL_WRITE = /\b(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\s+"?(?:ONLY\s+)?([a-z_]+)"?/g;
const MODEL_WRITE =
  /\b(?:prisma|tx|client)\.(\w+)\.(?:create(?:Many(?:AndReturn)?)?|update(?:Many)?|upsert|delete(?:Many)?)\b/g;

describe('a table', () => {
  it('is written by the module that owns it alone', () => {
    const writes = globSync('src/**/*.ts', { cwd: root })
      .filter((file) => !file.includes('/generated/') && !file.endsWith('.test.ts'))
      .flatMap((file) => tablesWrittenBy(file).map((table) => ({ file, table })));
    const foreign = writes.filter(
      ({ file, table }) => !HOT.includes(file) && !file.startsWith(`src/${OWNERS[table]!}/`),
    );
    const byFile: Record<string, string[]> = {};
    for (const { file, table } of foreign) (byFile[file] ??= []).push(table);
    expect(byFile).toEqual({});
  });

  it('has an owner', () => {
    const schema = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8');
    const tables = [...schema.matchAll(/@@map\("(\w+)"\)/g)].map(([, table]) => table!);
    expect(Object.keys(OWNERS).toSorted()).toEqual(tables.toSorted());
  });
});

function tablesWrittenBy(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const bySql = [...text.matchAll(SQL_WRITE)].map(([, table]) => table!);
  const byModel = [...text.matchAll(MODEL_WRITE)].map(([, model]) => MODEL_OF.get(model!) ?? '');
  return [...new Set([...bySql, ...byModel])].filter((table) => table in OWNERS).toSorted();
}

function camel(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
