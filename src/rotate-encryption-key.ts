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
    others: (prefix, atMost) =>
      prisma.$queryRaw(
        sql`SELECT id::text, ${name} AS sealed FROM ${table} WHERE ${name} IS NOT NULL AND NOT starts_with(${name}, ${prefix}) ORDER BY id LIMIT ${atMost}`,
      ),
    replace: async (id, before, after) =>
      (await prisma.$executeRaw(
        sql`UPDATE ${table} SET ${name} = ${after} WHERE id = ${id}::uuid AND ${name} = ${before}`,
      )) === 1,
  };
}

/** The embedded PostgreSQL is the program's, if that runs; else it is started, and stopped again. */
async function databaseOf({
  databaseUrl,
  dataDir,
  databasePassword,
}: Settings): Promise<{ url: string; stop(): Promise<void> }> {
  const stay = () => Promise.resolve();
  if (databaseUrl !== null) return { url: databaseUrl, stop: stay };
  const runs = existsSync(join(dataDir, 'postgres', 'postmaster.pid'));
  const { url, stop } = await startEmbeddedPostgres({ dataDir, password: databasePassword });
  return { url, stop: runs ? stay : stop };
}

/** `npm run rotate-encryption-key`: ENCRYPTION_KEY is the new key, ENCRYPTION_KEY_PREVIOUS holds the old ones. The program may run. */
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
    for (const each of columns) console.log(`${each.name}: ${await reseal(box, each)} sealed anew`);
  } finally {
    await prisma.onApplicationShutdown();
    await database.stop();
  }
}

await rotate();
