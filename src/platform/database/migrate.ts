import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMigrations as migrateJobEngine } from 'graphile-worker';
import pg from 'pg';
import { withSchemaEngine } from './schema-engine.ts';

/** An arbitrary number that no other advisory lock uses. One instance migrates at a time. */
const MIGRATION_LOCK = 7_403_221;

/** The migrations in `folder`, in order, in the schema engine's format. */
export function readMigrations(folder: string) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: readFileSync(join(folder, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: readFileSync(join(folder, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

/**
 * Migrates the database: our tables (recorded as `prisma migrate deploy` does) and the job engine's.
 * Safe to call from several instances at once.
 *
 * @param prismaFolder where `schema.prisma` and `migrations/` are
 * @returns the names of the migrations that were applied now
 * @throws when a migration fails, or when the database lacks a migration that was reported as applied
 */
export async function migrate(databaseUrl: string, prismaFolder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const migrationsList = readMigrations(join(prismaFolder, 'migrations'));
    const { appliedMigrationNames } = await withSchemaEngine(
      { databaseUrl, schemaPath: join(prismaFolder, 'schema.prisma') },
      (engine) => engine.applyMigrations({ migrationsList, filters: { externalTables: [], externalEnums: [] } }),
    );
    await migrateJobEngine({ connectionString: databaseUrl });
    return appliedMigrationNames;
  } finally {
    await client.end();
  }
}
