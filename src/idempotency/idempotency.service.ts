import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Clock } from '../platform/time/clock.ts';
import { longestRequestMs } from '../platform/http/longest-request.ts';
import { Problem } from '../platform/problem.ts';
import { tossConfig } from '../config-namespaces.ts';
import { PrismaService, sql } from '../platform/database/index.ts';

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
    const claimed = await this.prisma.$executeRaw(sql`
      INSERT INTO idempotent_request AS mine (user_id, operation, key, body_hash, created_at)
      VALUES (${userId}, ${operation}, ${key}, ${bodyHash}, ${now}::timestamptz)
      ON CONFLICT (user_id, operation, key) DO UPDATE
        SET body_hash = EXCLUDED.body_hash, created_at = EXCLUDED.created_at, status = NULL, response = NULL
        WHERE mine.created_at < ${forgotten}::timestamptz
           OR (mine.status IS NULL AND mine.created_at < ${abandoned}::timestamptz
             AND mine.body_hash = EXCLUDED.body_hash)`);
    if (claimed === 1) return { claim: { userId, operation, key, claimedAt: now } };
    const earlier = await this.prisma.idempotentRequest.findUnique({
      where: { userId_operation_key: { userId, operation, key } },
    });
    if (earlier && earlier.bodyHash !== bodyHash) throw new Problem('IDEMPOTENCY_KEY_REUSED');
    if (!earlier || earlier.status === null) throw new Problem('IDEMPOTENCY_KEY_IN_PROGRESS');
    return { earlier: { status: earlier.status, body: earlier.response } };
  }

  /** Does nothing when a later claim has taken the key over: then that request's answer counts. */
  async keep({ userId, operation, key, claimedAt }: Claim, answer: Answer): Promise<void> {
    const response = JSON.stringify(answer.body ?? null);
    await this.prisma.$executeRaw(sql`
      UPDATE idempotent_request SET status = ${answer.status}, response = ${response}::jsonb
      WHERE user_id = ${userId} AND operation = ${operation} AND key = ${key}
        AND status IS NULL AND created_at = ${claimedAt}::timestamptz`);
  }

  /** Releases the key: the same request, or another one, may use it. */
  async release({ userId, operation, key, claimedAt }: Claim): Promise<void> {
    const mine = { userId, operation, key, status: null, createdAt: claimedAt };
    await this.prisma.idempotentRequest.deleteMany({ where: mine });
  }

  /** Deletes answers that are older than 24 hours. @returns how many */
  async purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - LIFE_MS);
    let purged = 0;
    for (let batch = PURGE_BATCH; batch === PURGE_BATCH; purged += batch) {
      batch = await this.prisma.$executeRaw(sql`
        DELETE FROM idempotent_request WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM idempotent_request WHERE created_at < ${before}::timestamptz LIMIT ${PURGE_BATCH}))`);
    }
    return purged;
  }
}
