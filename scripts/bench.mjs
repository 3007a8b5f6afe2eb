import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

prepare();

// The channel tells the benchmark when we are gone, however we went; it then stops everything that it started.
const bench = spawn(node, ['--enable-source-maps', join(root, 'dist', 'bench', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});

// A terminal's Ctrl-C reaches the benchmark by itself; a signal sent to us alone is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => bench.kill('SIGTERM'));

// When npm is killed, we are nobody's child any more, and so is the benchmark.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && bench.kill('SIGTERM'), 500).unref();

bench.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
