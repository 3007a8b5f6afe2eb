import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/time/clock.ts';
import { PrismaService, sql } from '../platform/database/index.ts';

/** How long what is open has been open, in seconds by the program's clock; 0 where nothing is. */
export interface OpenAges {
  pendingPayment: number;
  pendingPayments: number;
  pendingRefund: number;
  webhook: number;
  openNetCancels: number;
  /** The renewal that has been due for longest. */
  renewal: number;
  heldRenewals: number;
  pastDue: number;
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
    const age = (oldest: Date | null) =>
      oldest === null ? 0 : Math.max(0, (now.getTime() - oldest.getTime()) / 1_000);
    const [row] = await this.prisma.$queryRaw<
      {
        payment: Date | null;
        payments: number;
        refund: Date | null;
        webhook: Date | null;
        netCancels: number;
        renewal: Date | null;
        held: number;
        pastDue: number;
      }[]
    >(sql`
      SELECT (SELECT min(requested_at) FROM payment JOIN payment_attempt asked ON asked.order_id = payment.order_id AND asked.number = attempt_count WHERE status = 'PENDING') AS payment, (SELECT count(*)::int FROM payment WHERE status = 'PENDING') AS payments,
        (SELECT min(created_at) FROM refund WHERE next_try_at IS NOT NULL) AS refund, (SELECT min(created_at) FROM incoming_webhook WHERE next_try_at IS NOT NULL) AS webhook,
        (SELECT count(*)::int FROM payment_void WHERE next_try_at IS NOT NULL) AS "netCancels",
        (SELECT min(next_charge_at) FROM subscription WHERE next_charge_at IS NOT NULL AND renewal_held_at IS NULL) AS renewal,
        (SELECT count(*)::int FROM subscription WHERE renewal_held_at IS NOT NULL AND is_active) AS held,
        (SELECT count(*)::int FROM subscription WHERE past_due_since IS NOT NULL AND is_active) AS "pastDue"`);
    const { payment, payments, refund, webhook, netCancels, renewal, held, pastDue } = row!;
    return {
      pendingPayment: age(payment),
      pendingPayments: payments,
      pendingRefund: age(refund),
      webhook: age(webhook),
      openNetCancels: netCancels,
      renewal: age(renewal),
      heldRenewals: held,
      pastDue,
    };
  }
}
