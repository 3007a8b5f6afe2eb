import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reseal } from './platform/crypto/reseal.ts';
import { SecretBox } from './platform/crypto/secret-box.ts';
import { readSettings, type Settings } from './config.ts';
import { SEALED_BILLING_KEYS } from './payment-methods/index.ts';
import { startEmbeddedPostgres } from './platform/database/embedded-postgres.ts';
import { PrismaService } from './platform/database/index.ts';
import { SEALED_REFUND_ACCOUNTS } from './refunds/index.ts';
import { SEALED_WEBHOOK_BODIES } from './webhooks/index.ts';

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
 * `npm run rotate-encryption-key`: ENCRYPTION_KEY is the new key, ENCRYPTION_KEY_PREVIOUS has the old ones. The program
 * may run meanwhile.
 */
async function rotate(): Promise<void> {
  const settings = readSettings();
  const database = await databaseOf(settings);
  const prisma = new PrismaService({ ...settings, databaseUrl: database.url });
  const box = new SecretBox(settings);
  try {
    for (const column of [SEALED_BILLING_KEYS, SEALED_REFUND_ACCOUNTS, SEALED_WEBHOOK_BODIES])
      console.log(`${column.name}: ${await reseal(prisma, box, column)} re-encrypted`);
  } finally {
    await prisma.onApplicationShutdown();
    await database.stop();
  }
}

await rotate();
