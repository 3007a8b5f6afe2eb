import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { databaseConfig } from '../config-namespaces.ts';
import { PrismaService, statement, t } from './database/index.ts';
import { Problem } from './problem.ts';
import { ProcessRole } from './process-role.ts';
import { JobsService } from './jobs/index.ts';

const TASK = 'worker-request';
/** After this time without a reply, no worker is running. */
const NO_ANSWER_MS = 10_000;
const PROGRESS_INTERVAL_MS = 3_000;

const ENQUEUE = statement('worker-requests.enqueue', {
  params: { task: t.text, request: t.json<Omit<WorkerRequest, 'expiresAt'>>(), noAnswerMs: t.double, key: t.text },
  row: { jobs: t.long },
  sql: `
    SELECT count(*) AS jobs FROM graphile_worker.add_job(:task,
      jsonb_set(:request::jsonb, '{expiresAt}', to_jsonb(now() + :noAnswerMs * interval '1 ms'))::json,
      max_attempts := 1, priority := -1, job_key := :key)`,
});

const WITHDRAW = statement('worker-requests.withdraw', {
  params: { key: t.text },
  row: { jobs: t.long },
  sql: `SELECT count(*) AS jobs FROM graphile_worker.remove_job(:key)`,
});

const REPLY = statement('worker-requests.reply', {
  params: { channel: t.text, reply: t.text },
  row: { sent: t.long },
  sql: `SELECT count(*) AS sent FROM (SELECT pg_notify(:channel, :reply)) AS notified`,
});

/** By the database's clock, which both processes share. */
const IS_EXPIRED = statement('worker-requests.is-expired', {
  params: { expiresAt: t.text },
  row: { expired: t.bool },
  sql: `SELECT now() > (:expiresAt::text)::timestamptz AS expired`,
});

type Handler = (payload: unknown) => Promise<unknown>;

interface WorkerRequest {
  /** Where the caller listens for the reply. */
  channel: string;
  name: string;
  payload: unknown;
  /** After this the caller has given up: a worker that starts later must not run it. */
  expiresAt: string;
}

type Reply = { state: 'running' } | { state: 'done'; result: unknown } | { state: 'failed'; message: string };

/**
 * Calls that need a process which runs jobs. Such a process runs them itself. An API process sends them to a worker as
 * a job and receives the reply by NOTIFY.
 */
@Injectable()
export class WorkerRequests implements OnModuleInit {
  private readonly log = new Logger('jobs');
  private readonly handlers = new Map<string, Handler>();

  constructor(
    private readonly jobs: JobsService,
    private readonly prisma: PrismaService,
    private readonly role: ProcessRole,
    @Inject(databaseConfig.KEY) private readonly config: ConfigType<typeof databaseConfig>,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(TASK, (payload) => this.answer(payload as WorkerRequest));
  }

  /**
   * Names a piece of work, on every process alike, while the modules are set up. Payload and result travel as JSON.
   *
   * @returns the call that runs it on a process which runs jobs; it throws Problem WORKER_UNAVAILABLE when none replies
   */
  define<Payload, Result>(name: string, handler: (payload: Payload) => Promise<Result>) {
    this.handlers.set(name, handler as Handler);
    return (payload: Payload): Promise<Result> =>
      this.role.runsJobs ? handler(payload) : (this.send(name, payload) as Promise<Result>);
  }

  private async send(name: string, payload: unknown): Promise<unknown> {
    const key = uuid();
    const channel = `worker_reply_${key.replaceAll('-', '')}`;
    // A connection of its own: a long wait must not keep one of the pool from the requests of buyers.
    const listener = new pg.Client({ connectionString: this.config.databaseUrl!, connectionTimeoutMillis: 5_000 });
    try {
      // Without a listener for errors, a connection that is cut ends the process.
      listener.on('error', () => undefined);
      await listener.connect();
      await listener.query(`LISTEN ${channel}`);
      const [result] = await Promise.all([replyOn(listener), this.enqueue(key, { channel, name, payload })]);
      return result;
    } catch (error) {
      if (error instanceof Problem) await this.withdraw(key);
      throw error;
    } finally {
      await listener.end().catch(() => undefined);
    }
  }

  private async enqueue(key: string, request: Omit<WorkerRequest, 'expiresAt'>): Promise<void> {
    await this.prisma.run(ENQUEUE, { task: TASK, request, noAnswerMs: NO_ANSWER_MS, key });
  }

  private async withdraw(key: string): Promise<void> {
    await this.prisma
      .run(WITHDRAW, { key })
      .catch((error: Error) =>
        this.log.warn({ message: 'a worker request could not be withdrawn', error: error.message }),
      );
  }

  /** On the worker: runs the work and replies. Meanwhile it reports progress to the caller. */
  private async answer({ channel, name, payload, expiresAt }: WorkerRequest): Promise<void> {
    if (await this.isExpired(expiresAt)) return this.log.warn({ message: 'a worker request came too late', name });
    const reply = (message: Reply) => this.prisma.run(REPLY, { channel, reply: JSON.stringify(message) });
    const reportProgress = () => void reply({ state: 'running' }).catch(() => undefined);
    reportProgress();
    const progress = setInterval(reportProgress, PROGRESS_INTERVAL_MS);
    try {
      const handler = this.handlers.get(name);
      if (!handler) throw new Error(`no handler for ${name}`);
      await reply({ state: 'done', result: await handler(payload) });
    } catch (error) {
      this.log.error({ message: 'a worker request failed', name, error: (error as Error).stack });
      await reply({ state: 'failed', message: (error as Error).message });
    } finally {
      clearInterval(progress);
    }
  }

  private async isExpired(expiresAt: string): Promise<boolean> {
    const [row] = await this.prisma.run(IS_EXPIRED, { expiresAt });
    return row!.expired;
  }
}

/** @throws Problem WORKER_UNAVAILABLE when no answer comes; an Error when the work failed or the connection was lost */
function replyOn(listener: pg.Client): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Problem('WORKER_UNAVAILABLE')), NO_ANSWER_MS).unref();
    listener.on('error', reject);
    listener.on('notification', ({ payload }) => {
      deadline.refresh();
      const reply = JSON.parse(payload!) as Reply;
      if (reply.state === 'done') resolve(reply.result);
      if (reply.state === 'failed') reject(new Error(`on the worker: ${reply.message}`));
    });
  });
}
