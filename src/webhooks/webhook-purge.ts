import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { inBatches } from '../platform/database/batches.ts';
import { type IncomingWebhookStatus, PrismaService, statement, t } from '../platform/database/index.ts';
import { DIGEST_KEPT_FOR_MS, KEPT_FOR_MS } from './webhook-schedule.ts';

const forget = (name: string, which: string) =>
  statement(name, {
    params: { before: t.instant, limit: t.long },
    row: { status: t.oneOf<IncomingWebhookStatus>('IncomingWebhookStatus') },
    sql: `
      DELETE FROM incoming_webhook WHERE id = ANY(ARRAY(
        SELECT id FROM incoming_webhook WHERE ${which} AND created_at < :before
        ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED))
      RETURNING status`,
  });

const DIGESTS = 'body IS NULL AND processed_at IS NOT NULL';
const FORGET_DIGESTS = forget('incoming-webhooks.purge-digests', DIGESTS);
const FORGET = forget('incoming-webhooks.purge', 'true');

const OLDEST = statement('incoming-webhooks.oldest', {
  params: {},
  row: { digest: t.nullable(t.instant), any: t.nullable(t.instant) },
  sql: `
    SELECT (SELECT min(created_at) FROM incoming_webhook WHERE ${DIGESTS}) AS digest,
      (SELECT min(created_at) FROM incoming_webhook) AS any`,
});

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
    const digests = await this.forget(FORGET_DIGESTS, this.before(DIGEST_KEPT_FOR_MS));
    return digests + (await this.forget(FORGET, this.before(KEPT_FOR_MS)));
  }

  /** When there is something to forget; null while there is nothing at all. */
  async nextDue(): Promise<Date | null> {
    const [oldest] = await this.prisma.run(OLDEST, {});
    const due = [
      oldest!.digest && oldest!.digest.getTime() + DIGEST_KEPT_FOR_MS,
      oldest!.any && oldest!.any.getTime() + KEPT_FOR_MS,
    ].filter((time) => time !== null);
    return due.length === 0 ? null : new Date(Math.min(...due));
  }

  private before(ageMs: number): Date {
    return new Date(this.clock.now().getTime() - ageMs);
  }

  private forget(what: typeof FORGET, before: Date): Promise<number> {
    return inBatches(async (limit) => {
      const rows = await this.prisma.run(what, { before, limit });
      const count = rows.filter(({ status }) => status === 'FAILED').length;
      const message = 'webhooks that were given up are forgotten: no operator replayed or dismissed them';
      if (count > 0) this.log.warn({ message, count });
      return rows.length;
    });
  }
}
