import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

prepare();

// When this script ends, the IPC channel closes and the program stops everything that it started.
const program = spawn(node, ['--enable-source-maps', join(root, 'dist', 'src', 'main.js')], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});

// Ctrl-C in a terminal reaches the program directly. A signal to this script only is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => program.kill('SIGTERM'));

// A killed npm leaves this script running under another parent: the program is stopped then.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && program.kill('SIGTERM'), 500).unref();

program.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
