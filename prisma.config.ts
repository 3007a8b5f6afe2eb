import { defineConfig } from 'prisma/config';

// The CLI wants to download an engine even for `prisma generate`, which needs none. Any existing path stops it.
// `prisma migrate deploy` would then do nothing and still exit 0: migrations are applied by src/platform/database/migrate.ts.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
