import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../platform/time/clock.ts';
import { longestRequestMs } from '../platform/http/longest-request.ts';
import { Problem } from '../platform/problem.ts';
import { tossConfig } from '../config-namespaces.ts';
import { PrismaService, statement, t } from '../platform/database/index.ts';

const LIFE_MS = 24 * 3_600_000;
const PURGE_BATCH = 1_000;

export interface Answer {
  status: number;
  body: unknown;
}

/** The scope of a key: two users, or two operations, may use the same key. */
export interface Key {
  userId: string;
  operation: string;
  key: string;
}

/** The right to process a key's request. Its time distinguishes it from a later claim of the same key. */
export interface Claim extends Key {
  claimedAt: Date;
}

const CLAIM = statement('idempotency.claim', {
  params: {
    userId: t.text,
    operation: t.text,
    key: t.text,
    bodyHash: t.text,
    now: t.instant,
    forgotten: t.instant,
    abandoned: t.instant,
  },
  row: { key: t.text },
  sql: `
    INSERT INTO idempotent_request AS mine (user_id, operation, key, body_hash, created_at)
    VALUES (:userId, :operation, :key, :bodyHash, :now)
    ON CONFLICT (user_id, operation, key) DO UPDATE
      SET body_hash = EXCLUDED.body_hash, created_at = EXCLUDED.created_at, status = NULL, response = NULL
      WHERE mine.created_at < :forgotten
         OR (mine.status IS NULL AND mine.created_at < :abandoned AND mine.body_hash = EXCLUDED.body_hash)
    RETURNING key`,
});

const KEEP = statement('idempotency.keep', {
  params: { userId: t.text, operation: t.text, key: t.text, claimedAt: t.instant, status: t.int, response: t.json() },
  row: { key: t.text },
  sql: `
    UPDATE idempotent_request SET status = :status, response = :response
    WHERE user_id = :userId AND operation = :operation AND key = :key AND status IS NULL AND created_at = :claimedAt
    RETURNING key`,
});

const PURGE = statement('idempotency.purge', {
  params: { before: t.instant, batch: t.long },
  row: { purged: t.long },
  sql: `
    WITH purged AS (
      DELETE FROM idempotent_request WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM idempotent_request WHERE created_at < :before LIMIT :batch))
      RETURNING 1)
    SELECT count(*) AS purged FROM purged`,
});

type Claimed = { claim: Claim; earlier?: undefined } | { claim?: undefined; earlier: Answer };

@Injectable()
export class IdempotencyService {
  /** A request without an answer after this time has died with its process; the same key may start over. */
  private readonly abandonedAfterMs: number;

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
    @Inject(tossConfig.KEY) config: ConfigType<typeof tossConfig>,
  ) {
    this.abandonedAfterMs = longestRequestMs(config);
  }

  /**
   * The first request with a key gets the claim, a later one the stored answer.
   *
   * @throws Problem IDEMPOTENCY_KEY_REUSED for another body, IDEMPOTENCY_KEY_IN_PROGRESS while the first is under way
   */
  async claim({ userId, operation, key }: Key, bodyHash: string): Promise<Claimed> {
    const now = this.clock.now();
    const forgotten = new Date(now.getTime() - LIFE_MS);
    const abandoned = new Date(now.getTime() - this.abandonedAfterMs);
    const params = { userId, operation, key, bodyHash, now, forgotten, abandoned };
    const claimed = await this.prisma.run(CLAIM, params);
    if (claimed.length === 1) return { claim: { userId, operation, key, claimedAt: now } };
    const earlier = await this.prisma.idempotentRequest.findUnique({
      where: { userId_operation_key: { userId, operation, key } },
    });
    if (earlier && earlier.bodyHash !== bodyHash) throw new Problem('IDEMPOTENCY_KEY_REUSED');
    if (!earlier || earlier.status === null) throw new Problem('IDEMPOTENCY_KEY_IN_PROGRESS');
    return { earlier: { status: earlier.status, body: earlier.response } };
  }

  /** Does nothing when a later claim has taken the key over: then that request's answer counts. */
  async keep(claim: Claim, { status, body }: Answer): Promise<void> {
    await this.prisma.run(KEEP, { ...claim, status, response: body ?? null });
  }

  /** Releases the key: the same request, or another one, may use it. */
  async release({ userId, operation, key, claimedAt }: Claim): Promise<void> {
    const mine = { userId, operation, key, status: null, createdAt: claimedAt };
    await this.prisma.idempotentRequest.deleteMany({ where: mine });
  }

  /** Deletes answers that are older than 24 hours. @returns how many */
  async purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - LIFE_MS);
    let total = 0;
    for (;;) {
      const [row] = await this.prisma.run(PURGE, { before, batch: PURGE_BATCH });
      total += row!.purged;
      if (row!.purged < PURGE_BATCH) return total;
    }
  }
}
