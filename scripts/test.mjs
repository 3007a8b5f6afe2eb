import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

// npm test                   everything there is to check
// npm test -- --fast         without the suites of SLOW
// npm run test:long          everything, and every hunt at its full size
// npm test -- --update-api   writes the committed snapshots of the API anew
// npm test -- <words>        Jest alone, with these words

/** What `--fast` leaves out: suites that wait for browsers, processes, timeouts or chance. */
const SLOW = {
  'in a browser': ['test/browser/'],
  'of programs and their ends': ['start', 'crash', 'renewal-crashes', 'job-engine', 'process'],
  'that hunt at random': ['property', 'agreement-property', 'card-property', 'subscription-stories', 'bad-day'],
  'that wait for timeouts': [
    'refund-faults',
    'stopping',
    'lost-answers',
    'messages',
    'webhook-limits',
    'webhook-operations',
    'webhooks',
    'one-charge',
  ],
  'over months and years': ['attack-time', 'agreements', 'dunning', 'consents', 'years-of-renewals', 'three-years'],
};

const flags = ['--fast', '--long', '--update-api'];
const words = process.argv.slice(2);
const [isFast, isLong, updatesApi] = flags.map((flag) => words.includes(flag));
const chosen = words.filter((word) => !flags.includes(word));
if (isLong) process.env.TEST_SIZE = 'long';
if (updatesApi) {
  process.env.UPDATE_API = 'true';
  chosen.push('test/project/api-snapshot', 'test/project/answers-snapshot');
}
const leftOut = Object.values(SLOW)
  .flat()
  .map((name) => (name.endsWith('/') ? name : `/${name}(-[a-z]+)*\\.test\\.ts$`));

prepare();
process.env.PATH = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`;
process.exitCode = 0;

// Beside the tests, which mostly wait; what they find is printed when each ends.
const checks = chosen.length > 0 ? [] : [types(), typesOfPages(), format(), lint(), imports()];
if (isFast)
  for (const [why, names] of Object.entries(SLOW)) console.log(`--fast leaves out ${why}: ${names.join(', ')}`);
await Promise.all([...checks, jest()]);

function types() {
  return check('types', 'typescript/bin/tsc', '--noEmit');
}

function typesOfPages() {
  return check('types of the pages', 'typescript/bin/tsc', '-p', 'web');
}

function format() {
  return check('format', 'oxfmt/bin/oxfmt', '--check', '.');
}

function lint() {
  return check('lint', 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings');
}

function imports() {
  const folders = ['src', 'simulator', 'web/src'];
  const program = 'dependency-cruiser/bin/dependency-cruiser.mjs';
  return check('who may import whom', program, '--config', '.dependency-cruiser.mjs', ...folders);
}

/** Runs a program of node_modules, and prints what it said when it ends. */
async function check(name, program, ...args) {
  const { code, output } = await started([join('node_modules', program), ...args], 'pipe');
  console.log(`\n── ${name}: ${code === 0 ? 'ok' : 'failed'}`);
  if (code !== 0) console.log(output);
}

async function jest() {
  const options = isFast ? leftOut.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]) : [];
  const module = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  await started([...module, 'node_modules/jest/bin/jest.js', ...options, ...chosen], 'inherit');
}

function started(args, stdio) {
  const child = spawn(node, args, { cwd: root, stdio: ['ignore', stdio, stdio] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      if (code !== 0) process.exitCode = 1;
      resolve({ code, output });
    }),
  );
}
