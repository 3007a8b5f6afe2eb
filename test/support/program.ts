import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api.ts';
import { Simulator } from './simulator.ts';
import { eventually } from './world.ts';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');
/** Seconds on an idle machine, of which `initdb` takes one. */
const STARTS_WITHIN_MS = 40_000;

type Environment = Record<string, string | undefined>;

/** How a process ended. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The program as a process of its own, started or on its way. */
export class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<End>;
  private end: End | undefined;

  constructor(
    private readonly child: ChildProcess,
    readonly dataDir: string,
  ) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // `close` comes after the last of the output.
    this.ended = new Promise((resolve) =>
      child.once('close', (code, signal) => resolve((this.end = { code, signal }))),
    );
  }

  /** What its welcome says, with an address that needs no look-up of names. */
  get url(): string {
    const [, port] = /health\s+http:\/\/localhost:(\d+)/.exec(this.stdout) ?? [];
    if (!port) throw new Error(`not up: ${this.words}`);
    return `http://127.0.0.1:${port}`;
  }

  get api(): Api {
    return new Api(this.url);
  }

  /** Of the program's own simulator; there is none where TOSS_API_URL is set. */
  get simulator(): Simulator {
    const [, url] = /simulator\s+(http:\S+)\/_books/.exec(this.stdout) ?? [];
    if (!url) throw new Error(`no simulator: ${this.words}`);
    return new Simulator(url);
  }

  async ready(): Promise<this> {
    await eventually(
      `the program to be ready`,
      async () => {
        if (this.end) throw new Error(`the program ended with ${JSON.stringify(this.end)}: ${this.words}`);
        if (!/health\s+http/.test(this.stdout)) return false;
        return (await fetch(`${this.url}/health/ready`)).status === 200;
      },
      STARTS_WITHIN_MS,
    );
    return this;
  }

  /** Sends a signal and waits for the end. SIGKILL is a crash: nothing is put in order. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<End> {
    if (!this.end) this.child.kill(signal);
    return this.ended;
  }

  /**
   * The number of the PostgreSQL in its DATA_DIR, dead or alive, from the file that a server leaves when it is
   * killed.
   */
  get postgres(): number | undefined {
    try {
      return Number(readFileSync(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    } catch {
      return undefined;
    }
  }

  private get words(): string {
    return `${this.stdout.slice(-2_000)}\n${this.stderr.slice(-2_000)}`;
  }
}

/** Starts programs, and leaves neither a process nor a folder behind, whatever became of the test. */
export class Programs {
  private readonly started: Program[] = [];
  private readonly folders: string[] = [];

  /** Closed to everybody but us, as root's own home would be. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'gudok-program-'));
    this.folders.push(folder);
    return folder;
  }

  /**
   * Starts the program as built, away from any `.env`, on a free port unless PORT is in `environment` (undefined:
   * unset).
   * It is not up yet: see {@link Program.ready}.
   */
  async launch(environment: Environment = {}): Promise<Program> {
    const dataDir = environment['DATA_DIR'] ?? (await this.folder());
    const child = spawn(process.execPath, [MAIN], {
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', ...environment, DATA_DIR: dataDir },
      // The channel ends the program if this process dies before it could.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const program = new Program(child, dataDir);
    this.started.push(program);
    return program;
  }

  async start(environment: Environment = {}): Promise<Program> {
    return (await this.launch(environment)).ready();
  }

  async end(): Promise<void> {
    await Promise.all(this.started.map((program) => program.kill()));
    for (const program of this.started.splice(0)) {
      // SIGQUIT: at once, and without leaving its shared memory behind.
      if (program.postgres !== undefined) await killAndWait(program.postgres, 'SIGQUIT');
    }
    for (const folder of this.folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** For a process that is nobody's child any more. */
export async function killAndWait(pid: number, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  await eventually(`process ${pid} to be gone`, async () => !isAlive(pid));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // A zombie has ended; a container whose first process does not collect orphans keeps it for ever.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}
