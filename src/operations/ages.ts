import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.ts';
import { PrismaService, sql } from '../db/index.ts';

/** How long what is open has been open, in seconds by the program's clock; 0 where nothing is. */
export interface OpenAges {
  pendingPayment: number;
  pendingPayments: number;
  pendingRefund: number;
  webhook: number;
  openNetCancels: number;
}

@Injectable()
export class Ages {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /** Cheap: partial indexes alone. */
  async read(): Promise<OpenAges> {
    const now = this.clock.now();
    const age = (oldest: Date | null) => (oldest === null ? 0 : Math.max(0, (now.getTime() - oldest.getTime()) / 1_000));
    const [row] = await this.prisma.$queryRaw<{ payment: Date | null; payments: number; refund: Date | null; webhook: Date | null; netCancels: number }[]>(sql`
      SELECT (SELECT min(created_at) FROM payment WHERE status = 'PENDING') AS payment, (SELECT count(*)::int FROM payment WHERE status = 'PENDING') AS payments,
        (SELECT min(created_at) FROM refund WHERE next_try_at IS NOT NULL) AS refund, (SELECT min(created_at) FROM webhook_event WHERE next_try_at IS NOT NULL) AS webhook,
        (SELECT count(*)::int FROM net_cancel WHERE next_try_at IS NOT NULL) AS "netCancels"`);
    const { payment, payments, refund, webhook, netCancels } = row!;
    return { pendingPayment: age(payment), pendingPayments: payments, pendingRefund: age(refund), webhook: age(webhook), openNetCancels: netCancels };
  }
}
