/**
 * Owns: the connection pool, the generated client, migrations, the embedded PostgreSQL.
 * Does not own: queries about the product; each is in the module that owns the table.
 * Always true: a committed write survives the process.
 */
export { DbModule } from './db.module.ts';
export { t, type Type, type Types, type Values } from './column-types.ts';
export { constraintOf, isDefect, isUnreachable, PrismaService, sqlState, type Tx } from './prisma.service.ts';
export { type Statement, statement } from './statement.ts';
export * from './generated/client.ts';
