import { reseal, type SealedColumn } from './common/reseal.ts';
import { SecretBox } from './common/secret-box.ts';
import { readSettings, type Settings } from './config.ts';
import { placeOfCard } from './billing-keys/index.ts';
import { startEmbeddedPostgres } from './db/embedded-postgres.ts';
import { Prisma, PrismaService, type Sql, sql } from './db/index.ts';
import { placeOfRefund } from './refunds/index.ts';

function column(prisma: PrismaService, table: Sql, name: Sql, place: SealedColumn['place']): SealedColumn {
  return {
    name: `${table.sql}.${name.sql}`,
    place,
    others: (prefix, atMost) => prisma.$queryRaw(sql`SELECT id::text, ${name} AS sealed FROM ${table} WHERE ${name} IS NOT NULL AND NOT starts_with(${name}, ${prefix}) ORDER BY id LIMIT ${atMost}`),
    replace: async (id, before, after) => (await prisma.$executeRaw(sql`UPDATE ${table} SET ${name} = ${after} WHERE id = ${id}::uuid AND ${name} = ${before}`)) === 1,
  };
}

/** Where the embedded PostgreSQL runs, that of the program is used; a second one is never started on its data. */
async function databaseOf(settings: Settings): Promise<Settings> {
  if (settings.databaseUrl !== null) return settings;
  const { url } = await startEmbeddedPostgres({ dataDir: settings.dataDir, password: settings.databasePassword });
  return { ...settings, databaseUrl: url };
}

/** `npm run rotate-encryption-key`: ENCRYPTION_KEY is the new key, ENCRYPTION_KEY_PREVIOUS holds the old ones. The program may run. */
async function rotate(): Promise<void> {
  const settings = await databaseOf(readSettings());
  const prisma = new PrismaService(settings);
  const box = new SecretBox(settings);
  try {
    const columns = [column(prisma, Prisma.raw('billing_key'), Prisma.raw('sealed_key'), placeOfCard), column(prisma, Prisma.raw('refund'), Prisma.raw('sealed_account'), placeOfRefund)];
    for (const each of columns) console.log(`${each.name}: ${await reseal(box, each)} sealed anew`);
  } finally {
    await prisma.onApplicationShutdown();
  }
}

await rotate();
