// npm run screens: writes pictures of every page to docs/screens, with a month of sample business. Needs a Chromium.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';
import { createSampleBusiness } from './screens/sample-business.mjs';
import { takeScreens } from './screens/screens.mjs';

prepare();
const { chromium } = await import('playwright-core');

const folder = join(root, 'docs', 'screens');
const dataDir = mkdtempSync(join(tmpdir(), 'gudok-screens-'));
mkdirSync(folder, { recursive: true });
const program = spawn(node, [join(root, 'dist', 'src', 'main.js')], {
  env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir },
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const ended = new Promise((resolve) => program.once('exit', resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const urls = await printedUrls();
  const sample = await createSampleBusiness(urls);
  await takeScreens({ browser, folder, ...urls, ...sample });
} finally {
  await browser.close();
  program.kill('SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}

/** The addresses of the program and its simulator, from what the program prints at its start. */
function printedUrls() {
  return new Promise((resolve) => {
    let output = '';
    program.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const [, port] = /health\s+http:\/\/localhost:(\d+)/.exec(output) ?? [];
      const [, simulator] = /simulator\s+(http:\S+)\/_books/.exec(output) ?? [];
      if (port && simulator) resolve({ home: `http://127.0.0.1:${port}`, simulator });
    });
  });
}
