import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { v7 as uuid } from 'uuid';
import { outboxConfig } from '../../config-namespaces.ts';
import { eventRows } from '../../outbox/index.ts';
import { constraintOf, PrismaService, type Tx } from '../../platform/database/index.ts';
import type { Changes } from './changes.ts';
import { WRITE_CHANGES, WRITE_COMMON } from './changes.statement.ts';

/** Another write of the same buyer's came first: read again, and decide again. Any other violation is a defect. */
const CONTENTION = new Set(['subscription_version', 'subscription_one_live_per_user', 'invoice_once_per_period']);

export function isContention(error: unknown): boolean {
  return CONTENTION.has(constraintOf(error) ?? '');
}

/** Writes what an outcome means, in one round trip. */
@Injectable()
export class ChangesRepository {
  constructor(
    private readonly prisma: PrismaService,
    @Inject(outboxConfig.KEY) private readonly config: ConfigType<typeof outboxConfig>,
  ) {}

  /**
   * All of it, or nothing.
   *
   * @returns false where the payment is no longer as the changes demand
   * @throws what {@link isContention} recognizes, where the subscription has changed since it was read
   */
  async write(changes: Changes, now: Date, tx?: Tx): Promise<boolean> {
    const { payment, attempt, subscription } = changes;
    const { to, ...conditions } = payment;
    const { display, failure, ...columns } = to;
    const values = {
      ...conditions,
      ...columns,
      ...(display ?? NO_DISPLAY),
      isDisplayed: display !== null,
      failureCode: failure?.code ?? null,
      failureMessage: failure?.message ?? null,
      now,
      attemptNumber: attempt?.number ?? null,
      attemptRef: attempt?.providerRef ?? null,
      attemptOutcome: attempt?.outcome ?? null,
      attemptCode: attempt?.error?.code ?? null,
      attemptMessage: attempt?.error?.message ?? null,
      subscriptionId: subscription?.after.id ?? null,
      subscriptions: subscription ? [subscription.after] : [],
      periods: subscription?.period ? [subscription.period] : [],
      endedPeriods: subscription?.endedPeriods ?? [],
      balance: changes.balance,
      contributions: changes.contribution ? [changes.contribution] : [],
      refunds: changes.refunds.map((refund) => ({ id: uuid(), ...refund })),
      voids: changes.voids.map((wrong) => ({ id: uuid(), ...wrong })),
      events: eventRows(changes.events, now, this.config),
      jobs: changes.jobs,
    };
    const [row] = isCommon(changes)
      ? await this.prisma.run(WRITE_COMMON, values, tx)
      : await this.prisma.run(WRITE_CHANGES, values, tx);
    return row!.isWritten;
  }
}

/** Whether the shorter statement writes all of them. */
function isCommon({ subscription, balance, contribution, refunds, voids, jobs }: Changes): boolean {
  const rare = [subscription?.endedPeriods ?? [], balance, refunds, voids, jobs];
  return contribution === null && rare.every(({ length }) => length === 0);
}

const NO_DISPLAY = {
  ...{ method: null, issuerCode: null, easyPayProvider: null, cardNumber: null, mobilePhone: null },
  ...{ virtualAccount: null, depositSecretHash: null, receiptUrl: null },
};
