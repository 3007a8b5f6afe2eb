import { join } from 'node:path';
import { node, prepare, root, run } from './prepare.mjs';

// Encrypts every secret with ENCRYPTION_KEY while the program runs. ENCRYPTION_KEY_PREVIOUS has the old keys.
prepare();
run(node, ['--enable-source-maps', join(root, 'dist', 'src', 'rotate-encryption-key.js')]);
