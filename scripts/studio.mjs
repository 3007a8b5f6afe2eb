// npm run prisma:studio: Prisma Studio on DATABASE_URL, or on the embedded PostgreSQL while the program runs.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { node, prepare, root } from './prepare.mjs';

prepare();
if (existsSync('.env')) loadEnvFile('.env');
const url = process.env.DATABASE_URL || embeddedUrl(resolve(process.env.DATA_DIR || '.data'));
if (!url) {
  console.error('No DATABASE_URL, and no embedded PostgreSQL is running: npm start first.');
  process.exit(1);
}
spawn(node, ['node_modules/prisma/build/index.js', 'studio', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, DATABASE_URL: url },
}).on('exit', (code) => process.exit(code ?? 1));
process.on('SIGINT', () => undefined);

function embeddedUrl(dataDir) {
  const lock = join(dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(lock)) return undefined;
  const port = readFileSync(lock, 'utf8').split('\n')[3];
  const { databasePassword } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8'));
  return `postgres://gudok:${databasePassword}@127.0.0.1:${port}/gudok`;
}
