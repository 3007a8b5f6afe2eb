import { Injectable, Logger } from '@nestjs/common';
import type { Attempt } from '../begin-attempt/index.ts';
import type { Outcome } from '../../providers/index.ts';
import { type Recorded, RecordOutcome } from '../record-outcome/index.ts';
import { ProviderRequests } from '../request-payment/index.ts';

/** What came of a charge. */
interface Charged {
  recorded: Recorded;
  /** The provider is silent, or refuses our credentials: the next request will fare no better. */
  isProviderFault: boolean;
}

/** Call the provider and record the outcome, for a charge of a card on file that was begun. */
@Injectable()
export class ChargeCard {
  private readonly log = new Logger('payments');

  constructor(
    private readonly provider: ProviderRequests,
    private readonly outcomes: RecordOutcome,
  ) {}

  async charge(attempt: Attempt): Promise<Charged> {
    const { orderId, amount, userId, subscriptionId } = attempt.invoice;
    const about = { orderId, attempt: attempt.number, amount, userId, subscriptionId: subscriptionId ?? undefined };
    this.log.log({ message: 'attempt begun', ...about });
    const outcome = await this.provider.request(attempt);
    return { recorded: await this.outcomes.record(attempt, outcome), isProviderFault: isProviderFault(outcome) };
  }
}

/** Trouble with the provider itself. What it says of one card or one request is no reason to let the others wait. */
function isProviderFault(outcome: Outcome): boolean {
  if (outcome.kind === 'unknown') return !outcome.answered;
  return outcome.kind === 'declined' && outcome.hint === 'credentials_refused';
}
