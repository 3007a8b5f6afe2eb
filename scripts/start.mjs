import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

prepare();

// The channel tells the program when we are gone, however we went; it then stops everything that it started.
const program = spawn(node, ['--enable-source-maps', join(root, 'dist', 'src', 'main.js')], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});

// A terminal's Ctrl-C reaches the program by itself; a signal sent to us alone is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => program.kill('SIGTERM'));

// When npm is killed, we are nobody's child any more, and so is the program.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && program.kill('SIGTERM'), 500).unref();

program.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
