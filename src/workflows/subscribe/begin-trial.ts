import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Plan } from '../../catalog/index.ts';
import { renewalsConfig } from '../../config-namespaces.ts';
import { Outbox } from '../../outbox/index.ts';
import type { PaymentMethod, Tx } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import {
  ChargeDate,
  grantTrial,
  SubscriptionRepository,
  type SubscriptionWithPlan,
} from '../../subscriptions/index.ts';

const DAY_MS = 24 * 3_600_000;

/** A trial: time that is not paid for yet, up to where the first paid period will begin. */
@Injectable()
export class BeginTrial {
  constructor(
    private readonly chargeDate: ChargeDate,
    private readonly subscriptions: SubscriptionRepository,
    private readonly outbox: Outbox,
    @Inject(renewalsConfig.KEY) private readonly config: ConfigType<typeof renewalsConfig>,
  ) {}

  /** In the caller's transaction, which has locked the buyer. @throws Problem VALIDATION_FAILED, TRIAL_NOT_AVAILABLE */
  async begin(
    tx: Tx,
    { userId, plan, card, days }: { userId: string; plan: Plan; card: PaymentMethod; days: number },
    now: Date,
  ): Promise<SubscriptionWithPlan> {
    const { trialDaysMax } = this.config;
    if (days > trialDaysMax) throw tooLong(trialDaysMax);
    if ((await tx.subscription.count({ where: { userId } })) > 0) throw new Problem('TRIAL_NOT_AVAILABLE');
    const endsAt = new Date(now.getTime() + days * DAY_MS);
    const terms = {
      planId: plan.id,
      price: plan.price!,
      months: plan.durationMonths!,
      paymentMethodId: card.id,
      endsAt,
    };
    const grant = grantTrial(this.chargeDate, terms, userId, now);
    const { after } = grant.subscription;
    await this.subscriptions.saveGrant(tx, grant);
    await this.outbox.write(tx, [{ ...grant.event, userId, subscriptionId: after.id }], now);
    return { ...after, plan };
  }
}

function tooLong(max: number): Problem {
  return new Problem('VALIDATION_FAILED', { errors: [{ path: 'trialDays', message: `at most ${max}` }] });
}
