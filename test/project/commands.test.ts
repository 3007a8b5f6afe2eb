import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** Prisma's own command line, on a machine that cannot download an engine. */
function prisma(...args: string[]) {
  return spawnSync(process.execPath, ['node_modules/prisma/build/index.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: 'postgres://gudok@127.0.0.1:1/gudok',
      PRISMA_ENGINES_MIRROR: 'http://127.0.0.1:1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
}

it.each(['deploy', 'status'])('prisma migrate %s fails where it can do nothing', (command) => {
  const { status, stderr } = prisma('migrate', command);
  expect(status).not.toBe(0);
  expect(stderr).not.toBe('');
});
