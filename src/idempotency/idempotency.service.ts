import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { Problem } from '../common/problem.ts';
import { PrismaService, sql } from '../db/index.ts';

const LIFE_MS = 24 * 3_600_000;
/** A request that has not answered by now died with its program; the same key may start over. */
const ABANDONED_AFTER_MS = 90_000;

export interface Answer {
  status: number;
  body: unknown;
}

interface Claim {
  userId: string;
  operation: string;
  key: string;
  bodyHash: string;
}

@Injectable()
export class IdempotencyService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the earlier answer, or undefined for the one who goes first
   * @throws Problem IDEMPOTENCY_KEY_REUSED for another body, IDEMPOTENCY_KEY_IN_PROGRESS while the first is under way
   */
  async claim({ userId, operation, key, bodyHash }: Claim): Promise<Answer | undefined> {
    const now = this.clock.now();
    const forgotten = new Date(now.getTime() - LIFE_MS);
    const abandoned = new Date(now.getTime() - ABANDONED_AFTER_MS);
    const claimed = await this.prisma.$executeRaw(sql`
      INSERT INTO idempotent_request AS mine (user_id, operation, key, body_hash, created_at)
      VALUES (${userId}, ${operation}, ${key}, ${bodyHash}, ${now}::timestamptz)
      ON CONFLICT (user_id, operation, key) DO UPDATE
        SET body_hash = EXCLUDED.body_hash, created_at = EXCLUDED.created_at, status = NULL, response = NULL
        WHERE mine.created_at < ${forgotten}::timestamptz
           OR (mine.status IS NULL AND mine.created_at < ${abandoned}::timestamptz AND mine.body_hash = EXCLUDED.body_hash)`);
    if (claimed === 1) return undefined;
    const earlier = await this.prisma.idempotentRequest.findUnique({ where: { userId_operation_key: { userId, operation, key } } });
    if (earlier && earlier.bodyHash !== bodyHash) throw new Problem('IDEMPOTENCY_KEY_REUSED');
    if (!earlier || earlier.status === null) throw new Problem('IDEMPOTENCY_KEY_IN_PROGRESS');
    return { status: earlier.status, body: earlier.response };
  }

  async keep({ userId, operation, key }: Claim, answer: Answer): Promise<void> {
    const response = JSON.stringify(answer.body ?? null);
    await this.prisma.$executeRaw(sql`
      UPDATE idempotent_request SET status = ${answer.status}, response = ${response}::jsonb
      WHERE user_id = ${userId} AND operation = ${operation} AND key = ${key}`);
  }

  async release({ userId, operation, key }: Claim): Promise<void> {
    await this.prisma.idempotentRequest.deleteMany({ where: { userId, operation, key, status: null } });
  }

  /** Forgets the answers that are older than 24 hours. @returns how many */
  async purge(): Promise<number> {
    const { count } = await this.prisma.idempotentRequest.deleteMany({ where: { createdAt: { lt: new Date(this.clock.now().getTime() - LIFE_MS) } } });
    return count;
  }
}
