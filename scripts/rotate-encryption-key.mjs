import { join } from 'node:path';
import { node, prepare, root, run } from './prepare.mjs';

// The new key in ENCRYPTION_KEY, the old ones in ENCRYPTION_KEY_PREVIOUS: seals everything anew while the program runs.
prepare();
run(node, ['--enable-source-maps', join(root, 'dist', 'src', 'rotate-encryption-key.js')]);
