import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

// npm run migration -- add-something: writes the SQL from the last committed schema to that of the working tree.
const [name] = process.argv.slice(2);
if (!/^[a-z0-9_-]+$/.test(name ?? '')) {
  console.error('usage: npm run migration -- <name-in-lower-case>');
  process.exit(1);
}
prepare();
process.exit(
  spawnSync(node, [join(root, 'dist', 'src', 'platform', 'database', 'new-migration.js'), name], {
    cwd: root,
    stdio: 'inherit',
  }).status ?? 1,
);
