// npm run start:dev: compiles what changes, and starts the program again. The pages are built once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

/** A change of a shared type is emitted as several files. */
const EMITTED_WITHIN_MS = 60;

prepare();
const compiler = spawn(
  node,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  { cwd: root, stdio: 'inherit' },
);

let program = start();
let timer;
watch(join(root, 'dist'), { recursive: true }, (_event, file) => {
  if (!/^(src|simulator).*\.js$/.test(file ?? '')) return;
  clearTimeout(timer);
  timer = setTimeout(() => void restart(), EMITTED_WITHIN_MS);
});

function start() {
  return spawn(node, ['--enable-source-maps', join('dist', 'src', 'main.js')], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

/** By a kill: the embedded PostgreSQL stays up, and the next program adopts it. */
async function restart() {
  await ended('SIGKILL');
  program = start();
}

async function ended(signal) {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const exit = once(program, 'exit');
  program.kill(signal);
  await exit;
}

async function leave(signal) {
  clearTimeout(timer);
  compiler.kill();
  await ended(signal);
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void leave(signal));
