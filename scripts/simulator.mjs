import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

prepare();
spawn(node, [join(root, 'dist', 'simulator', 'main.js')], { cwd: root, stdio: 'inherit' }).on('exit', (code) =>
  process.exit(code ?? 1),
);
process.on('SIGINT', () => undefined);
