import type { Simulator } from '../simulator.ts';

/** A period of a plan as a customer agreed to it. */
export interface Terms {
  planId: number;
  /** In won. */
  price: number;
  months: number;
}

/** From when to when: an act takes effect at some moment between its request and its answer. In ms. */
export type Span = [from: number, to: number];

/** What of a subscription its customer sees. */
export interface Shown {
  id: string;
  planId: number;
  nextPlanId: number | null;
  status: string;
  endDate: string;
  nextChargeAt: string | null;
  billingKeyId: string | null;
  cancelAtPeriodEnd: boolean;
}

/** What a customer agreed to, from one act to the next. */
interface Era {
  span: Span;
  /** What their card may be charged for. */
  terms: Terms[];
  /** A cancel was answered: their card is not to be charged. */
  isStopped: boolean;
  /** A trial that they have not agreed to pay for. */
  isFree: boolean;
}

/** One charge of a card that the provider approved. */
export interface CardCharge {
  orderId: string;
  amount: number;
  /** What the provider still has of it. */
  held: number;
  /** When the request that took the money came to the provider. */
  requestedAt: number;
}

const FOREVER = Number.MAX_SAFE_INTEGER;
const HOUR_MS = 3_600_000;

/**
 * What a customer agreed to, as they could know it from the answers of the API alone. Where an answer leaves open
 * what became of
 * a request, everything it may mean counts as agreed: this model accuses the program only of what no reading allows.
 */
export class Agreements {
  private agreed: Terms[] = [];
  /** What was scheduled instead. */
  private next: Terms[] | null = null;
  /** What they agreed to at any time. */
  private readonly history: Terms[] = [];
  /** What they ordered in the window. */
  private readonly ordered: Terms[] = [];
  private readonly eras: Era[] = [{ span: [0, FOREVER], terms: [], isStopped: false, isFree: false }];
  /** Until when time was given as a trial. */
  private readonly trialEnds: number[] = [];
  /** First charges that their customer stopped. */
  private readonly stoppedOrders = new Set<string>();

  /** The customer subscribes; the answer says so, or leaves it open. */
  subscribed(span: Span, terms: Terms, trialEnd: string | null): void {
    if (trialEnd !== null) this.trialEnds.push(Date.parse(trialEnd));
    this.agreed = [terms];
    this.next = null;
    this.begin(span, { isStopped: false, isFree: trialEnd !== null });
  }

  /** A request that may or may not have had an effect. */
  unclear(span: Span, ...terms: Terms[]): void {
    this.history.push(...terms);
    this.agreed = [...this.history];
    this.next = null;
    this.begin(span, { isStopped: false });
  }

  /** A change of plan that was answered. @param terms the plan as it was on sale */
  changed(span: Span, terms: Terms, after: Shown): void {
    const before = this.agreed.filter(({ planId }) => planId === terms.planId);
    if (after.planId !== terms.planId || after.nextPlanId !== null) this.next = [terms, ...before];
    else {
      this.next = null;
      // What was agreed for it before stands: the change that was scheduled is taken back.
      if (before.length === 0) this.agreed = [terms];
    }
    this.begin(span, after.status === 'TRIALING' ? { isFree: true } : {});
  }

  /** Time was bought in the window, at a price that the customer saw. */
  bought(span: Span, terms: Terms, { takesOver, before }: { takesOver: boolean; before: Shown | null }): void {
    this.ordered.push(terms);
    const scheduled = this.next?.filter(({ planId }) => planId === terms.planId) ?? [];
    if (takesOver || before === null || before.billingKeyId === null) {
      this.agreed = takesOver ? [terms] : [terms, ...scheduled];
      if (takesOver || before === null || scheduled.length > 0) this.next = null;
    } else if (scheduled.length > 0) {
      this.agreed = scheduled;
      this.next = null;
    }
    // A month bought by hand is no consent to be charged for the next.
    this.begin(span, before === null || before.billingKeyId === null ? { isFree: false, isStopped: false } : {});
  }

  /** A renewal was paid: what was scheduled is the agreement now. */
  renewed(span: Span): void {
    if (this.next === null) return;
    this.agreed = this.next;
    this.next = null;
    this.begin(span, {});
  }

  stopped(span: Span): void {
    this.begin(span, { isStopped: true });
  }

  restarted(span: Span): void {
    this.begin(span, { isStopped: false });
  }

  consented(span: Span): void {
    this.begin(span, { isFree: false });
  }

  stoppedOrder(orderId: string): void {
    this.stoppedOrders.add(orderId);
  }

  /** How long a period may be that was paid for, in ms. */
  longest(planId: number): number {
    const months = Math.max(
      0,
      ...[...this.history, ...this.ordered].filter((terms) => terms.planId === planId).map((terms) => terms.months),
    );
    return months * 31 * 24 * HOUR_MS + HOUR_MS;
  }

  /** Whether time up to then was given as a trial. */
  isTrialTime(endsAt: string): boolean {
    return this.trialEnds.some((end) => Date.parse(endsAt) <= end);
  }

  /**
   * What the customer would complain of: charges by card that they never agreed to.
   *
   * @param bought the plan that each was said to buy; null: none, it was given back
   */
  complaints(charges: readonly CardCharge[], bought: (orderId: string) => number | null): object[] {
    return charges.flatMap((charge) => {
      const { orderId, amount, held, requestedAt } = charge;
      const eras = this.eras.filter(({ span: [from, to] }) => from <= requestedAt && requestedAt <= to);
      const isTold = eras.length > 0;
      const wrong: string[] = [];
      if (isTold && eras.every(({ isStopped }) => isStopped)) wrong.push('requested after the customer cancelled');
      if (isTold && eras.every(({ isFree }) => isFree)) wrong.push('charged after a trial without consent');
      if (this.stoppedOrders.has(orderId) && held > 0) wrong.push('kept though the customer stopped it');
      const plan = bought(orderId);
      const agreed = eras.flatMap(({ terms }) => terms);
      if (plan !== null && !agreed.some(({ planId, price }) => planId === plan && amount <= price))
        wrong.push('not what was agreed');
      return wrong.map((why) => ({ why, ...charge, at: new Date(requestedAt).toISOString(), plan, agreed }));
    });
  }

  private begin([from, to]: Span, { isStopped, isFree }: Partial<Era>): void {
    this.history.push(...this.agreed, ...(this.next ?? []));
    const last = this.eras.at(-1)!;
    last.span = [last.span[0], to];
    this.eras.push({
      span: [from, FOREVER],
      terms: this.next ?? this.agreed,
      isStopped: isStopped ?? last.isStopped,
      isFree: isFree ?? last.isFree,
    });
  }
}

/** The charges of cards on file that the provider approved, from its own books and its log of requests. */
export async function cardCharges(simulator: Simulator): Promise<CardCharge[]> {
  const log = (await (await fetch(`${simulator.url}/_requests?path=/v1/billing/`)).json()) as {
    at: number;
    method: string;
    orderId?: string;
  }[];
  const { payments } = await simulator.books();
  return payments.flatMap(({ orderId, approvedAt, totalAmount, balanceAmount }) => {
    // The provider writes whole seconds, and may have taken its time.
    const requests = log.filter(
      ({ method, orderId: of, at }) => method === 'POST' && of === orderId && at < Date.parse(approvedAt ?? '') + 1_000,
    );
    if (approvedAt === null || requests.length === 0) return [];
    return [{ orderId, amount: totalAmount, held: balanceAmount, requestedAt: requests.at(-1)!.at }];
  });
}
