import { join } from 'node:path';
import { node, prepare, root, run } from './prepare.mjs';

// Runs every check. With arguments (`npm test -- ...`) it runs Jest only, with those arguments.
// `--update-api` writes the committed snapshots of the API anew.
const chosen = process.argv.slice(2).filter((word) => word !== '--update-api');
if (process.argv.includes('--update-api')) {
  process.env.UPDATE_API = 'true';
  chosen.push('test/project/api-snapshot', 'test/project/answers-snapshot');
}

prepare();
process.env.PATH = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`;

if (chosen.length === 0) {
  step('types', 'node_modules/typescript/bin/tsc', '--noEmit');
  step('types of the pages', 'node_modules/typescript/bin/tsc', '-p', 'web');
  step('format', 'node_modules/oxfmt/bin/oxfmt', '--check', '.');
  step('lint', 'node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings');
  step(
    'import rules',
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    'src',
    'simulator',
    'web/src',
  );
}
step(
  'tests',
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  ...chosen,
);

function step(name, ...command) {
  console.log(`\n── ${name}`);
  run(node, command);
}
