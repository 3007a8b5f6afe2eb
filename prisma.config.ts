import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { defineConfig } from 'prisma/config';

if (existsSync('.env')) loadEnvFile('.env');
const url = process.env.DATABASE_URL;

// `prisma generate` downloads an engine that it does not use; any existing file stands in for it. Every other command
// uses it: with a stand-in, `prisma migrate deploy` would apply nothing and still exit with 0.
if (process.argv[2] === 'generate') process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url && { datasource: { url } }),
});
