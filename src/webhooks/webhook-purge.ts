import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, type Sql, sql } from '../platform/database/index.ts';
import { DIGEST_KEPT_FOR_MS, KEPT_FOR_MS } from './webhook-schedule.ts';

/** One statement never holds more rows than this. */
const BATCH = 1_000;

/** Forgets incoming webhooks: soon where only a digest was kept, in the end all, also what no operator dealt with. */
@Injectable()
export class WebhookPurge {
  private readonly log = new Logger('webhooks');

  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were forgotten */
  async purge(): Promise<number> {
    const digests = await this.forget(
      sql`body IS NULL AND processed_at IS NOT NULL AND created_at < ${this.before(DIGEST_KEPT_FOR_MS)}::timestamptz`,
    );
    return digests + (await this.forget(sql`created_at < ${this.before(KEPT_FOR_MS)}::timestamptz`));
  }

  /** When there is something to forget; null while there is nothing at all. */
  async nextDue(): Promise<Date | null> {
    const [row] = await this.prisma.$queryRaw<{ digest: Date | null; any: Date | null }[]>(sql`
      SELECT (SELECT min(created_at) FROM incoming_webhook WHERE body IS NULL AND processed_at IS NOT NULL) AS digest,
        (SELECT min(created_at) FROM incoming_webhook) AS any`);
    const due = [
      row!.digest && row!.digest.getTime() + DIGEST_KEPT_FOR_MS,
      row!.any && row!.any.getTime() + KEPT_FOR_MS,
    ].filter((time) => time !== null);
    return due.length === 0 ? null : new Date(Math.min(...due));
  }

  private before(ageMs: number): Date {
    return new Date(this.clock.now().getTime() - ageMs);
  }

  private async forget(which: Sql): Promise<number> {
    for (let forgotten = 0; ;) {
      const rows = await this.prisma.$queryRaw<{ status: string }[]>(sql`
        DELETE FROM incoming_webhook WHERE id = ANY(ARRAY(
          SELECT id FROM incoming_webhook WHERE ${which} ORDER BY created_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
        RETURNING status::text`);
      const failed = rows.filter(({ status }) => status === 'FAILED').length;
      if (failed > 0)
        this.log.warn({
          message: 'webhooks that were given up are forgotten: no operator replayed or dismissed them',
          count: failed,
        });
      forgotten += rows.length;
      if (rows.length < BATCH) return forgotten;
    }
  }
}
