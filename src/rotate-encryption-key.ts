import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reseal, type SealedColumn } from './platform/crypto/reseal.ts';
import { SecretBox } from './platform/crypto/secret-box.ts';
import { readSettings, type Settings } from './config.ts';
import { placeOfCard } from './payment-methods/index.ts';
import { startEmbeddedPostgres } from './platform/database/embedded-postgres.ts';
import { Prisma, PrismaService, type Sql, sql } from './platform/database/index.ts';
import { placeOfRefund } from './refunds/index.ts';
import { placeOfWebhook } from './webhooks/index.ts';

function column(prisma: PrismaService, table: Sql, name: Sql, place: SealedColumn['place']): SealedColumn {
  return {
    name: `${table.sql}.${name.sql}`,
    place,
    others: (prefix, limit) =>
      prisma.$queryRaw(
        sql`SELECT id::text, ${name} AS sealed FROM ${table}
            WHERE ${name} IS NOT NULL AND NOT starts_with(${name}, ${prefix}) ORDER BY id LIMIT ${limit}`,
      ),
    replace: async (id, before, after) =>
      (await prisma.$executeRaw(
        sql`UPDATE ${table} SET ${name} = ${after} WHERE id = ${id}::uuid AND ${name} = ${before}`,
      )) === 1,
  };
}

/** Uses the embedded PostgreSQL of a running program, or else starts one and stops it at the end. */
async function databaseOf({
  databaseUrl,
  dataDir,
  databasePassword,
}: Settings): Promise<{ url: string; stop(): Promise<void> }> {
  const keep = () => Promise.resolve();
  if (databaseUrl !== null) return { url: databaseUrl, stop: keep };
  const runs = existsSync(join(dataDir, 'postgres', 'postmaster.pid'));
  const { url, stop } = await startEmbeddedPostgres({ dataDir, password: databasePassword });
  return { url, stop: runs ? keep : stop };
}

/**
 * `npm run rotate-encryption-key`: ENCRYPTION_KEY is the new key, ENCRYPTION_KEY_PREVIOUS has the old ones. The program may
 * run meanwhile.
 */
async function rotate(): Promise<void> {
  const settings = readSettings();
  const database = await databaseOf(settings);
  const prisma = new PrismaService({ ...settings, databaseUrl: database.url });
  const box = new SecretBox(settings);
  try {
    const columns = [
      column(prisma, Prisma.raw('payment_method'), Prisma.raw('sealed_key'), placeOfCard),
      column(prisma, Prisma.raw('refund'), Prisma.raw('sealed_account'), placeOfRefund),
      column(prisma, Prisma.raw('incoming_webhook'), Prisma.raw('body'), placeOfWebhook),
    ];
    for (const each of columns) console.log(`${each.name}: ${await reseal(box, each)} re-encrypted`);
  } finally {
    await prisma.onApplicationShutdown();
    await database.stop();
  }
}

await rotate();
