import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allow, type Api, type TempOrder } from '../support/api.ts';
import { expectBooksToAgree, untilNothingIsPending } from '../support/books.ts';
import { faultOf, LOST } from '../support/faults.ts';
import { checkProperty, propertyTimeout } from '../support/property.ts';
import { createWorld, type World } from '../support/world.ts';

/** What chance has been found to find takes a thousand. */
const RUNS = { planned: 6, least: 4 };
const STEPS = { least: 6, most: 14 };

/** Toss takes longer than we wait for a confirm. */
const SLOW_MS = 500;
const PATIENCE_MS = 300;

const METHODS = ['카드', '간편결제', '계좌이체', '휴대폰', '가상계좌'];
const FAULTS = {
  confirm: [...LOST, 'in_progress', 'decline', 'wrong_amount', 'wrong_order', 'unauthorized'],
  get: [...LOST, 'not_found_lag'],
  cancel: LOST,
  webhook: ['duplicate', 'drop', 'late', 'reorder', 'forge'],
  transactions: ['drop_before', 'error_before', 'garbage_before'],
};

const ACCOUNT = { bank: '신한', accountNumber: '110123456789', holderName: '김토스' };

const which = fc.nat({ max: 9 });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('order' as const),
      buyer: fc.nat({ max: 1 }),
      plan: fc.integer({ min: 1, max: 3 }),
      amount: fc.integer({ min: 100, max: 10_000_000 }),
      method: fc.constantFrom(...METHODS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('confirm' as const),
      which,
      newKey: fc.boolean(),
      atOnce: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('rivals' as const), which }) },
  {
    weight: 4,
    arbitrary: faultOf(FAULTS).map((fault) => ({ does: 'fault' as const, ...fault })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('chaos' as const),
      seed: fc.nat({ max: 1_000_000 }),
      rate: fc.constantFrom(0, 0.2, 0.5),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('advance' as const), seconds: fc.integer({ min: 20, max: 300 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('redirect' as const),
      which,
      to: fc.constantFrom('success' as const, 'fail' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('look' as const), which }) },
  // What others do at Toss, past our program.
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('atToss' as const),
      which,
      what: fc.constantFrom('deposit' as const, 'revert' as const, 'cancel' as const),
      share: fc.constantFrom(0.3, 1),
    }),
  },
  // A share of 1 is all that is left.
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('refund' as const),
      which,
      share: fc.constantFrom(0.1, 0.5, 1),
      atOnce: fc.integer({ min: 1, max: 2 }),
      end: fc.boolean(),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Purchase {
  api: Api;
  order: TempOrder;
  method: string;
  paymentKey: string;
}

/** Buyers, a Toss in trouble and a moving clock, one step after the other. */
class Story {
  private readonly purchases: Purchase[] = [];
  /** Orders whose buyer was told that they are paid. */
  private readonly told = new Set<string>();

  /** Orders that ended otherwise than their buyer was told: an operator gave money back, or Toss, or the bank. */
  private readonly touched = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly operator: Api,
  ) {}

  async take(step: Step): Promise<void> {
    switch (step.does) {
      case 'order':
        return this.order(step);
      case 'fault':
        return void (await this.world.simulator.fault({
          on: step.on,
          kind: step.kind,
          times: step.times,
          delayMs: SLOW_MS,
        }));
      case 'chaos':
        return this.chaos(step);
      case 'advance':
        return void (await this.world.api.post('/v1/sandbox/clock', { advance: `PT${step.seconds}S` }));
      default: {
        const purchase = this.purchases[step.which % (this.purchases.length || 1)];
        if (purchase) await this.buyerDoes(step, purchase);
      }
    }
  }

  /**
   * Toss is well again and time goes by: everything becomes known, and the books agree.
   *
   * @returns broken invariants, and the orders whose buyers were told otherwise before, or that ended as no order may
   */
  async end(): Promise<object[]> {
    await this.world.simulator.clearFaults();
    await this.chaos({ seed: 1, rate: 0 });
    await untilNothingIsPending(this.world);
    // The next morning's reconciliation finds what no webhook told.
    await this.world.api.post('/v1/sandbox/clock', { advance: 'P2D' });
    const { body: report } = await this.operator.get('/v1/operations/invariants');
    const broken = report.invariants.filter(({ ok }: { ok: boolean }) => !ok);
    await expectBooksToAgree(this.world);
    const shown = await Promise.all(this.purchases.map(({ api, order }) => api.get(`/v1/payments/${order.orderId}`)));
    const untold = this.purchases.flatMap(({ order, method }, index) => {
      const { status, body } = shown[index]!;
      if (this.touched.has(order.orderId)) return [];
      const granted = method === '가상계좌' ? 'WAITING_FOR_DEPOSIT' : 'SUCCESS';
      const untrue = this.told.has(order.orderId)
        ? body.status !== granted
        : status !== 404 && ![granted, 'FAILED'].includes(body.status);
      return untrue ? [{ order, method, status, body }] : [];
    });
    return [...broken, ...untold];
  }

  private async order({ buyer, plan, amount, method }: Extract<Step, { does: 'order' }>): Promise<void> {
    const api = await this.world.api.as(`buyer-${buyer}`);
    const { status, body: order } = await api.post<TempOrder>('/v1/temp-orders', {
      planId: plan,
      ...(plan === 3 && { amount }),
    });
    // A cheaper plan than the one that is held by now cannot be ordered.
    if (status === 409) return;
    this.purchases.push({ api, order, method, paymentKey: await this.world.simulator.authenticate(order, { method }) });
  }

  private async chaos({ seed, rate }: { seed: number; rate: number }): Promise<void> {
    const body = JSON.stringify({ seed, rate, delayMs: SLOW_MS });
    await fetch(`${this.world.settings.simulatorUrl}/_chaos`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
  }

  private async buyerDoes(step: Extract<Step, { which: number }>, purchase: Purchase): Promise<void> {
    const { api, order } = purchase;
    switch (step.does) {
      case 'confirm':
        if (step.newKey) purchase.paymentKey = await this.newKey(purchase);
        await Promise.all(Array.from({ length: step.atOnce }, () => this.confirm(purchase, purchase.paymentKey)));
        return;
      case 'rivals':
        await Promise.all(
          [purchase.paymentKey, await this.newKey(purchase)].map((paymentKey) => this.confirm(purchase, paymentKey)),
        );
        return;
      case 'redirect': {
        const told =
          step.to === 'success'
            ? `paymentKey=${purchase.paymentKey}&amount=${order.amount}`
            : 'code=PAY_PROCESS_ABORTED&message=no';
        return allow([303], await this.world.api.get(`/v1/payments/${step.to}?orderId=${order.orderId}&${told}`));
      }
      case 'atToss':
        return this.atToss(purchase, step);
      case 'refund':
        await Promise.all(Array.from({ length: step.atOnce }, () => this.refund(purchase, step)));
        return;
      case 'look':
        return allow([200, 404], await api.get(`/v1/payments/${order.orderId}`));
    }
  }

  private async refund({ order }: Purchase, { share, end }: Extract<Step, { does: 'refund' }>): Promise<void> {
    const amount = share === 1 ? undefined : Math.ceil(order.amount * share);
    const answer = await this.operator.post('/v1/refunds', {
      orderId: order.orderId,
      reason: '고객 요청',
      amount,
      endSubscription: end,
      refundReceiveAccount: ACCOUNT,
    });
    allow([201, 202, 400, 402, 404, 409, 503], answer);
    if (answer.status < 300) this.touched.add(order.orderId);
  }

  private async atToss(
    { order, paymentKey }: Purchase,
    { what, share }: Extract<Step, { does: 'atToss' }>,
  ): Promise<void> {
    const { simulator } = this.world;
    this.touched.add(order.orderId);
    const cancel = () =>
      simulator.dashboardCancel(paymentKey, share === 1 ? undefined : Math.ceil(order.amount * share));
    const done =
      what === 'deposit'
        ? simulator.deposit(order.orderId)
        : what === 'revert'
          ? simulator.revertDeposit(order.orderId)
          : cancel();
    // Toss refuses what the payment is in no state for.
    await done.catch(() => undefined);
  }

  private newKey({ order, method }: Purchase): Promise<string> {
    return this.world.simulator.authenticate(order, { method });
  }

  private async confirm({ api, order }: Purchase, paymentKey: string): Promise<void> {
    const answer = await api.confirm(order, paymentKey);
    // Any refusal of the contract's may come, but never trouble of our own.
    allow([200, 202, 402, 404, 409, 410, 502, 503], answer);
    if (answer.status === 200) this.told.add(order.orderId);
  }
}

it(
  'whatever buyers, Toss and time do, the books agree in the end',
  () =>
    checkProperty(
      'property',
      fc.array(step, { minLength: STEPS.least, maxLength: STEPS.most, size: 'max' }),
      async (steps) => {
        const world = await createWorld({ tossTimeoutMs: PATIENCE_MS }, true);
        try {
          const story = new Story(world, await world.api.as('op', 'operator'));
          await story.take({ does: 'order', buyer: 0, plan: 1, amount: 100, method: '카드' });
          for (const step of steps) await story.take(step);
          expect(await story.end()).toEqual([]);
        } finally {
          await world.close();
        }
      },
      RUNS,
    ),
  propertyTimeout(RUNS),
);
