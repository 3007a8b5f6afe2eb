import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

prepare();

// When this script ends, the IPC channel closes and the benchmark stops everything that it started.
const bench = spawn(node, ['--enable-source-maps', join(root, 'dist', 'bench', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});

// Ctrl-C in a terminal reaches the benchmark directly. A signal to this script only is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => bench.kill('SIGTERM'));

// A killed npm leaves this script running under another parent: the benchmark is stopped then.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && bench.kill('SIGTERM'), 500).unref();

bench.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
