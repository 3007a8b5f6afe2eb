import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { withSchemaEngine } from './schema-engine.ts';

/** Writes `prisma/migrations/<now>_<name>/migration.sql`: from the committed schema to the one in the working tree. */
async function write(name: string): Promise<void> {
  const path = join('prisma', 'schema.prisma');
  const committed = execFileSync('git', ['show', `HEAD:${path}`], { encoding: 'utf8' });
  const dataDir = await mkdtemp(join(tmpdir(), 'gudok-migration-'));
  const postgres = await startEmbeddedPostgres({ dataDir, password: 'migration', durable: false });
  try {
    const schema = (content: string) => ({ tag: 'schemaDatamodel' as const, files: [{ path, content }] });
    const { stdout } = await withSchemaEngine({ databaseUrl: postgres.url, schemaPath: path }, (engine) =>
      engine.diff({
        from: schema(committed),
        to: schema(readFileSync(path, 'utf8')),
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
    const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const folder = join('prisma', 'migrations', `${stamp}_${name}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'migration.sql'), stdout ?? '');
    console.log(`${folder}/migration.sql`);
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await write(process.argv[2]!);
