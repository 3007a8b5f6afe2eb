import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t } from '../platform/database/index.ts';
import { Clock } from '../platform/time/clock.ts';

/** What is open: how much, and for how long, in seconds by the program's clock; 0 where nothing is. */
export interface Backlog {
  pendingPayment: number;
  pendingPayments: number;
  pendingRefund: number;
  webhook: number;
  openVoids: number;
  /** The renewal that has been due for longest. */
  renewal: number;
  heldRenewals: number;
  pastDue: number;
}

// Cheap: partial indexes alone.
const OPEN = statement('backlog.read', {
  params: {},
  row: {
    ...{ payment: t.nullable(t.instant), payments: t.long, refund: t.nullable(t.instant) },
    ...{ webhook: t.nullable(t.instant), voids: t.long, renewal: t.nullable(t.instant) },
    ...{ held: t.long, pastDue: t.long },
  },
  sql: `
    SELECT
      (SELECT min(requested_at) FROM payment
        JOIN payment_attempt latest ON latest.order_id = payment.order_id AND latest.number = attempt_count
        WHERE status = 'PENDING') AS payment,
      (SELECT count(*) FROM payment WHERE status = 'PENDING') AS payments,
      (SELECT min(created_at) FROM refund WHERE next_try_at IS NOT NULL) AS refund,
      (SELECT min(created_at) FROM incoming_webhook WHERE next_try_at IS NOT NULL) AS webhook,
      (SELECT count(*) FROM payment_void WHERE next_try_at IS NOT NULL) AS voids,
      (SELECT min(next_charge_at) FROM subscription
        WHERE next_charge_at IS NOT NULL AND renewal_held_at IS NULL) AS renewal,
      (SELECT count(*) FROM subscription WHERE renewal_held_at IS NOT NULL AND is_active) AS held,
      (SELECT count(*) FROM subscription WHERE past_due_since IS NOT NULL AND is_active) AS past_due`,
});

@Injectable()
export class BacklogReader {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<Backlog> {
    const now = this.clock.now();
    const age = (oldest: Date | null) =>
      oldest === null ? 0 : Math.max(0, (now.getTime() - oldest.getTime()) / 1_000);
    const [open] = await this.prisma.run(OPEN, {});
    const { payment, payments, refund, webhook, voids, renewal, held, pastDue } = open!;
    return {
      pendingPayment: age(payment),
      pendingPayments: payments,
      pendingRefund: age(refund),
      webhook: age(webhook),
      openVoids: voids,
      renewal: age(renewal),
      heldRenewals: held,
      pastDue,
    };
  }
}
