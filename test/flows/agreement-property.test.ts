import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Agreements, cardCharges, type Shown, type Span, type Terms } from '../support/agreements.ts';
import type { Answer, Api, TempOrder } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { checkProperty, propertyTimeout } from '../support/property.ts';
import { stallStatements } from '../support/stalls.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

const RUNS = { planned: 8, least: 5 };
const SLOW_MS = 500;
const PATIENCE_MS = 300;
const STALL_MS = 250;
/** For so long a connection may turn out to be gone. */
const CUT_FELT_MS = 2_000;
const HOUR_S = 3_600;
const DAY_MS = 24 * HOUR_S * 1_000;
/** A February, but for the last day of it that a change of plan may cut off. */
const SHORTEST_MS = 27 * DAY_MS;
/** More than any credit, so that an order of it uses all of a balance. */
const DEAREST = 10_000_000;

const LOST = [
  'drop_before',
  'drop_after',
  'error_before',
  'error_after',
  'garbage',
  'garbage_before',
  'rate_limited',
  'slow',
  'slow_after',
];
const FAULTS = {
  billing: [...LOST, 'in_progress', 'wrong_amount'],
  get: [...LOST, 'not_found_lag'],
  cancel: LOST,
  confirm: LOST,
};
const CODES = [
  'REJECT_CARD_PAYMENT',
  'INVALID_STOPPED_CARD',
  'NOT_AVAILABLE_BANK',
  'DUPLICATED_ORDER_ID',
  'SOMETHING_NEW',
];
const STATEMENTS = [
  'INSERT INTO payment',
  'UPDATE subscription',
  'UPDATE payment',
  'INSERT INTO subscription_period',
  'FOR NO KEY UPDATE',
  'DELETE FROM temp_order',
  'COMMIT',
];
const ACCOUNT = { bank: '신한', accountNumber: '110123456789', holderName: '김토스' };

const plan = fc.integer({ min: 1, max: 2 });
const act = fc.oneof(
  // To moments at which something happens, just before and just after.
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('until' as const),
      what: fc.constantFrom('nextChargeAt' as const, 'endDate' as const),
      seconds: fc.constantFrom(-25 * HOUR_S, -HOUR_S, -2, 2, 5 * 60, HOUR_S, 25 * HOUR_S),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('advance' as const),
      seconds: fc.constantFrom(30, HOUR_S, 26 * HOUR_S, 8 * 24 * HOUR_S, 31 * 24 * HOUR_S),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('change' as const), plan }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('buy' as const), plan, by: fc.constantFrom('카드', '카드', '가상계좌') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('subscribe' as const), plan, trialDays: fc.constantFrom(0, 0, 3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom('cancel' as const, 'resume' as const, 'newCard' as const, 'useCard' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'consent' as const,
        'stop' as const,
        'deposit' as const,
        'revert' as const,
        'makeBalance' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('removeCard' as const), replace: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('pause' as const, 'unpause' as const, 'release' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('resolve' as const), outcome: fc.constantFrom('paid', 'not_paid') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('refund' as const),
      share: fc.constantFrom(0.5, 1),
      end: fc.boolean(),
      which: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('dashboard' as const),
      share: fc.constantFrom(0.5, 1),
      which: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('patch' as const),
      plan,
      price: fc.constantFrom(5_000, 9_900, 15_000, 30_000),
      months: fc.constantFrom(1, 1, 1, 3),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const trouble = fc.oneof(
  fc
    .constantFrom(...(Object.keys(FAULTS) as (keyof typeof FAULTS)[]))
    .chain((on) =>
      fc.record({ on: fc.constant(on), kind: fc.constantFrom(...FAULTS[on]), times: fc.integer({ min: 1, max: 3 }) }),
    ),
  fc.record({
    on: fc.constant('billing' as const),
    kind: fc.constant('refuse'),
    code: fc.constantFrom(...CODES),
    times: fc.integer({ min: 1, max: 3 }),
  }),
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ acts: fc.tuple(act) }) },
  { weight: 2, arbitrary: fc.record({ trouble }) },
  // Two acts at once, the second a little later; a statement is held up, or the connections to PostgreSQL are cut.
  {
    weight: 3,
    arbitrary: fc.record({
      acts: fc.tuple(act, act),
      laterMs: fc.constantFrom(0, 0, 30, 120),
      stall: fc.option(fc.constantFrom(...STATEMENTS)),
      cutAfterMs: fc.option(fc.constantFrom(5, 20, 60, 150), { freq: 4 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What an act came to, as the customer knows it. */
type Effect = 'none' | 'cancelled' | 'restarted' | 'consented';

interface Ordered extends TempOrder {
  terms: Terms;
  takesOver: boolean;
  before: Shown | null;
  isOpen: boolean;
}

/** A customer, their agreements, those who operate the service, a provider and a database in trouble. */
class Story {
  private readonly model = new Agreements();
  private readonly orders: Ordered[] = [];
  private cutUntil = 0;
  /** An operator ended a subscription before its time. */
  private wasEnded = false;
  /** How many charges by card were judged. */
  judged = 0;

  constructor(
    private readonly world: World,
    private readonly api: Api,
    private readonly admin: Api,
    private readonly dearestPlan: number,
  ) {}

  async take(step: Step): Promise<void> {
    const { simulator, database } = this.world;
    if ('trouble' in step) return void (await simulator.fault({ ...step.trouble, delayMs: SLOW_MS }));
    if (!('laterMs' in step)) {
      await this.perform(step.acts[0]);
      return this.look();
    }
    const { acts, laterMs, stall, cutAfterMs } = step;
    const from = await this.now();
    const endStall =
      stall === null ? undefined : stallStatements(new RegExp(stall.replaceAll(' ', '\\s+')), STALL_MS, 1);
    if (cutAfterMs !== null) this.cutUntil = Infinity;
    try {
      const cut = cutAfterMs === null ? undefined : sleep(cutAfterMs).then(() => database.cutConnections());
      const [first, second] = acts;
      const effects = await Promise.all([this.perform(first), sleep(laterMs).then(() => this.perform(second)), cut]);
      const span: Span = [from, await this.now()];
      // Nobody knows which of them came first.
      if (effects.includes('restarted') || !effects.includes('cancelled')) this.model.unclear(span);
      if (effects.includes('consented')) this.model.consented(span);
    } finally {
      endStall?.();
      if (cutAfterMs !== null) this.cutUntil = performance.now() + CUT_FELT_MS;
    }
    await this.look();
  }

  private async perform(act: Act): Promise<Effect> {
    const { world, api, admin, model } = this;
    const from = await this.now();
    const until = async (): Promise<Span> => [from, await this.now()];
    switch (act.does) {
      case 'until': {
        const shown = await this.shown();
        const to = Date.parse(shown?.[act.what] ?? '') + act.seconds * 1_000;
        return to > from ? this.moveTo(to) : 'none';
      }
      case 'advance':
        return this.moveTo(from + act.seconds * 1_000);
      case 'subscribe':
        return this.subscribe(act, from);
      case 'change':
        return this.change(act.plan, from);
      case 'buy': {
        const order = await this.order(act.plan);
        return order ? this.pay(order, from, act.by) : 'none';
      }
      case 'makeBalance':
        return this.makeBalance();
      case 'deposit':
      case 'revert': {
        const order = this.orders.at(-1);
        if (order)
          await (
            act.does === 'deposit'
              ? world.simulator.deposit(order.orderId)
              : world.simulator.revertDeposit(order.orderId)
          ).catch(() => undefined);
        if (order) model.unclear(await until(), order.terms);
        return 'none';
      }
      case 'cancel':
      case 'resume':
        return this.toggle(act.does, from);
      case 'consent': {
        const shown = await this.shown();
        const answer =
          shown && (await api.post(`/v1/subscriptions/${shown.id}/consents`, { textVersion: 'v1', channel: 'web' }));
        if (answer) this.allow([201, 409, 429], answer);
        if (answer?.status === 201 || answer?.status === 500) model.consented(await until());
        return answer?.status === 201 ? 'consented' : 'none';
      }
      case 'stop': {
        const [latest] = await this.payments();
        const answer = latest && (await api.post(`/v1/payments/${latest.orderId}/cancel`));
        if (answer) this.allow([202, 409], answer);
        if (answer?.status === 202) model.stoppedOrder(latest.orderId);
        return 'none';
      }
      case 'newCard': {
        const { body } = await api.get('/v1/billing-keys/registration');
        if (!body.customerKey) return 'none';
        this.allow(
          [201, 202, 402, 429, 503],
          await api.post('/v1/billing-keys', {
            customerKey: body.customerKey,
            authKey: await world.simulator.registerCard(body.customerKey),
          }),
        );
        return 'none';
      }
      case 'useCard': {
        const [shown, [card]] = [await this.shown(), await this.cards()];
        if (!shown || !card) return 'none';
        const answer = await api.post(`/v1/subscriptions/${shown.id}/billing-key`, { billingKeyId: card.id });
        this.allow([200, 404, 409], answer);
        if (answer.status !== 200 || answer.body.cancelAtPeriodEnd) return 'none';
        model.restarted(await until());
        return 'restarted';
      }
      case 'removeCard': {
        const [newest, other] = await this.cards();
        if (newest)
          this.allow(
            [204, 400, 404, 409, 503],
            await api.delete(`/v1/billing-keys/${newest.id}${act.replace && other ? `?replaceWith=${other.id}` : ''}`),
          );
        return 'none';
      }
      case 'pause':
      case 'unpause':
        this.allow(
          [200],
          await admin.post(`/v1/operations/renewals/${act.does === 'pause' ? 'pause' : 'resume'}`, { reason: '점검' }),
        );
        return 'none';
      case 'release': {
        const shown = await this.shown();
        if (shown) this.allow([200, 409], await admin.post(`/v1/operations/renewals/${shown.id}/release`));
        return 'none';
      }
      case 'resolve': {
        const unknown = (await this.payments()).find(({ status }) => status === 'PENDING');
        if (unknown)
          this.allow(
            [200, 400, 409, 502, 503],
            await admin.post(`/v1/payments/${unknown.orderId}/resolve`, {
              outcome: act.outcome,
              reason: '상점관리자에서 확인',
            }),
          );
        return 'none';
      }
      case 'refund':
      case 'dashboard':
        return this.giveBack(act, from);
      case 'patch': {
        this.allow([200], await admin.patch(`/v1/plans/${act.plan}`, { price: act.price, durationMonths: act.months }));
        return 'none';
      }
    }
  }

  private async moveTo(to: number): Promise<Effect> {
    const before = await this.shown();
    const from = await this.now();
    await eventually('the clock to move', async () => {
      if (to <= (await this.now())) return true;
      const answer = await this.world.api.post('/v1/sandbox/clock', { set: new Date(to).toISOString() });
      this.allow([200], answer);
      return answer.status === 200;
    });
    const after = await this.shown();
    if (before && after && before.id === after.id && before.endDate !== after.endDate)
      this.model.renewed([from, await this.now()]);
    return 'none';
  }

  private async subscribe(
    { plan: planId, trialDays }: Extract<Act, { does: 'subscribe' }>,
    from: number,
  ): Promise<Effect> {
    const [terms, [card]] = [await this.terms(planId), await this.cards()];
    if (!card) return 'none';
    const answer = await this.api.post('/v1/subscriptions', {
      planId,
      billingKeyId: card.id,
      ...(trialDays > 0 && { trialDays }),
    });
    this.allow([200, 202, 400, 402, 404, 409, 502, 503], answer);
    const span: Span = [from, await this.now()];
    if (answer.status >= 500) this.model.unclear(span, terms);
    if (answer.status >= 300) return 'none';
    this.model.subscribed(span, terms, trialDays > 0 ? answer.body.subscription.endDate : null);
    return 'restarted';
  }

  private async change(planId: number, from: number): Promise<Effect> {
    const [shown, terms] = [await this.shown(), await this.terms(planId)];
    if (!shown) return 'none';
    const answer = await this.api.post(`/v1/subscriptions/${shown.id}/change`, { planId });
    this.allow([200, 400, 409], answer);
    const span: Span = [from, await this.now()];
    if (answer.status === 200) this.model.changed(span, terms, answer.body);
    if (answer.status >= 500) this.model.unclear(span, terms);
    return 'none';
  }

  private async order(planId: number): Promise<Ordered | undefined> {
    const [before, terms] = [await this.shown(), await this.terms(planId)];
    const answer = await this.api.post('/v1/temp-orders', { planId });
    this.allow([201, 409, 429], answer);
    if (answer.status !== 201) return undefined;
    const order = { ...answer.body, terms, takesOver: answer.body.proration !== null, before, isOpen: true };
    this.orders.push(order);
    return order;
  }

  private async pay(order: Ordered, from: number, by: string): Promise<Effect> {
    const { orderId, amount, terms, before, takesOver } = order;
    const paymentKey = amount === 0 ? undefined : await this.world.simulator.authenticate(order, { method: by });
    const answer = await this.api.post('/v1/payments/confirm', { orderId, amount, paymentKey });
    this.allow([200, 202, 402, 404, 409, 410, 502, 503], answer);
    const span: Span = [from, await this.now()];
    if (answer.status === 200 && answer.body.payment.status === 'SUCCESS') {
      this.model.bought(span, terms, { takesOver, before });
      return before?.billingKeyId == null ? 'restarted' : 'none';
    }
    // A later approval, or a deposit, grants it.
    if (answer.status === 200 || answer.status === 202 || answer.status >= 500) this.model.unclear(span, terms);
    return 'none';
  }

  /** A change that is paid by deposit when it is outdated stays as a balance. */
  private async makeBalance(): Promise<Effect> {
    const order = await this.order(2);
    if (!order || order.amount === 0) return 'none';
    await this.pay(order, await this.now(), '가상계좌');
    await this.toggle('cancel', await this.now());
    const effect = await this.toggle('resume', await this.now());
    await this.world.simulator.deposit(order.orderId).catch(() => undefined);
    this.model.unclear([await this.now(), (await this.now()) + 2 * DAY_MS], order.terms);
    return effect;
  }

  private async toggle(does: 'cancel' | 'resume', from: number): Promise<Effect> {
    const shown = await this.shown();
    if (!shown) return 'none';
    const answer = await this.api.post(`/v1/subscriptions/${shown.id}/${does}`);
    this.allow([200, 409, 429], answer);
    const span: Span = [from, await this.now()];
    if (does === 'cancel') {
      if (answer.status === 200) this.model.stopped(span);
      return answer.status === 200 ? 'cancelled' : 'none';
    }
    if (answer.status !== 200 && answer.status < 500) return 'none';
    this.model.restarted(span);
    return 'restarted';
  }

  private async giveBack(act: Extract<Act, { share: number }>, from: number): Promise<Effect> {
    const paid = (await this.payments()).filter(({ paymentKey }) => paymentKey !== null)[act.which];
    if (!paid) return 'none';
    const amount = act.share === 1 ? undefined : Math.ceil(paid.amount * act.share);
    if (act.does === 'dashboard')
      await this.world.simulator.dashboardCancel(paid.paymentKey, amount).catch(() => undefined);
    else
      this.allow(
        [201, 202, 400, 402, 404, 409, 503],
        await this.admin.post('/v1/refunds', {
          orderId: paid.orderId,
          reason: '고객의 요청에 따른 환불',
          amount,
          overrideWindow: true,
          refundReceiveAccount: ACCOUNT,
          endSubscription: act.end,
        }),
      );
    if (act.does === 'refund' && act.end) this.wasEnded = true;
    // A change that is undone brings back what was agreed before it; a webhook, or the next reconciliation, tells of the dashboard's.
    const isStopped = (await this.shown())?.cancelAtPeriodEnd === true;
    const span: Span = [from, (await this.now()) + (act.does === 'dashboard' ? 2 * DAY_MS : 0)];
    this.model.unclear(span);
    if (isStopped && act.does === 'refund') this.model.stopped(span);
    return 'none';
  }

  private async now(): Promise<number> {
    return Date.parse((await this.retried(() => this.world.api.get('/v1/sandbox/clock'))).body.now);
  }

  private async shown(): Promise<Shown | null> {
    const { status, body } = await this.retried(() => this.api.get('/v1/subscriptions/me'));
    return status === 200 ? body : null;
  }

  private async payments(): Promise<any[]> {
    return (await this.retried(() => this.api.get('/v1/payments?limit=100'))).body.data;
  }

  private async cards(): Promise<{ id: string }[]> {
    return (await this.retried(() => this.api.get('/v1/billing-keys'))).body.data;
  }

  private async terms(planId: number): Promise<Terms> {
    const { body } = await this.retried(() => this.api.get(`/v1/plans/${planId}`));
    return { planId, price: body.price, months: body.durationMonths };
  }

  /** A read meets a cut connection and is made again. */
  private retried(read: () => Promise<Answer>): Promise<Answer> {
    return eventually('a read to be answered', async () => {
      const answer = await read();
      if (answer.status >= 500 && !this.isCut)
        throw new Error(`answered ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.status < 500 && answer;
    });
  }

  private get isCut(): boolean {
    return performance.now() < this.cutUntil;
  }

  private allow(statuses: number[], { status, body }: Answer): void {
    if (statuses.includes(status) || (this.isCut && [500, 503].includes(status))) return;
    throw new Error(`answered ${status} ${JSON.stringify(body)}`);
  }

  /** The plan that is shown is the one of the period in force. */
  private async look(): Promise<void> {
    const from = await this.now();
    const shown = await this.shown();
    if (!shown) return;
    const { body } = await this.retried(() => this.api.get(`/v1/subscriptions/${shown.id}`));
    const to = await this.now();
    const standing = body.periods.filter(({ voidedAt }: any) => voidedAt === null);
    const inForce = standing.filter(
      ({ startsAt, endsAt }: any) => Date.parse(startsAt) <= from && to < Date.parse(endsAt),
    );
    const last = inForce.length === 0 && Date.parse(shown.endDate) <= from ? standing.slice(-1) : inForce;
    const wrong = last.filter(({ planId }: any) => planId !== body.planId);
    if (wrong.length > 0)
      throw new Error(
        `plan ${body.planId} is shown while another one's period is in force: ${JSON.stringify(body, null, 1)}`,
      );
  }

  /** All is well again and time goes by. @returns what is wrong all the same */
  async end(): Promise<object[]> {
    const { world, admin } = this;
    await world.simulator.clearFaults();
    await admin.post('/v1/operations/renewals/resume');
    const advance = (by: string) =>
      world.api.post('/v1/sandbox/clock', { advance: by }).then((answer) => this.allow([200], answer));
    await eventually('everything to be known', async () => {
      await advance('PT31M');
      const refunds = (await admin.get('/v1/refunds?status=PENDING')).body.data;
      return refunds.length === 0 && (await this.payments()).every(({ status }) => status !== 'PENDING');
    });
    for (let days = 0; days < 5; days++) {
      const shown = await this.shown();
      if (shown) this.allow([200, 409], await admin.post(`/v1/operations/renewals/${shown.id}/release`));
      await advance('P2D');
    }
    await eventually('everything to be known', async () => {
      await advance('PT31M');
      return (await this.payments()).every(({ status }) => status !== 'PENDING');
    });
    await this.look();
    await expectBooksToAgree(world);
    const { body: report } = await admin.get('/v1/operations/invariants');
    return [...report.invariants.filter(({ ok }: { ok: boolean }) => !ok), ...(await this.judge())];
  }

  /** By the provider's books and what the API answers. */
  private async judge(): Promise<object[]> {
    const { world, api, model } = this;
    const payments = new Map((await this.payments()).map((payment) => [payment.orderId as string, payment]));
    const { data } = (await api.get('/v1/subscriptions?limit=100')).body;
    const subscriptions: any[] = await Promise.all(
      data.map(async ({ id }: { id: string }) => (await api.get(`/v1/subscriptions/${id}`)).body),
    );
    const periods = subscriptions.flatMap((subscription) =>
      subscription.periods.map((period: any) => ({ ...period, subscriptionId: subscription.id })),
    );
    const periodOf = (orderId: string) => periods.find((period) => period.orderId === orderId);
    const now = await this.now();
    const wrong: object[] = [];

    const charges = await cardCharges(world.simulator);
    this.judged = charges.length;
    wrong.push(...model.complaints(charges, (orderId) => periodOf(orderId)?.planId ?? null));
    const days = charges
      .filter(({ held }) => held > 0)
      .map(
        ({ orderId, requestedAt }) =>
          `${periodOf(orderId)?.subscriptionId} on ${new Date(requestedAt + 9 * HOUR_S * 1_000).toISOString().slice(0, 10)}`,
      );
    wrong.push(
      ...days
        .filter((day, index) => days.indexOf(day) !== index)
        .map((day) => ({ why: 'charged twice on a day', day })),
    );

    const byCard = new Set(charges.map(({ orderId }) => orderId));
    for (const { orderId, approvedAt, totalAmount, balanceAmount: held } of (await world.simulator.books()).payments) {
      if (approvedAt === null) continue;
      const payment = payments.get(orderId);
      const ours = ['SUCCESS', 'PARTIALLY_REFUNDED'].includes(payment?.status)
        ? payment.amount - payment.refundedAmount
        : 0;
      if (ours !== held) wrong.push({ why: 'the provider holds another amount', orderId, held, payment });
      const ordered = this.orders.find((order) => order.orderId === orderId);
      if (!byCard.has(orderId) && ordered?.amount !== totalAmount && held > 0)
        wrong.push({ why: 'not what was ordered', orderId, totalAmount, ordered });
    }

    for (const period of periods.filter(({ voidedAt }) => voidedAt === null)) {
      const { orderId, planId, startsAt, endsAt, price } = period;
      // A change of plan is charged by whole days: what is left of the last one costs nothing.
      const isRestOfDay = Date.parse(endsAt) - Date.parse(startsAt) < DAY_MS;
      const isPaid =
        orderId === null
          ? price > 0 || isRestOfDay || model.isTrialTime(endsAt)
          : ['SUCCESS', 'PARTIALLY_REFUNDED'].includes(payments.get(orderId)?.status);
      if (!isPaid && Date.parse(startsAt) !== Date.parse(endsAt))
        wrong.push({ why: 'time that nobody paid for', period, payment: payments.get(orderId) });
      // What a change of plan gets is what was left, which may be more than a period.
      const isChange = orderId === null || this.orders.some((order) => order.orderId === orderId && order.takesOver);
      const lasts = Date.parse(endsAt) - Date.parse(startsAt);
      if (!isChange && lasts > model.longest(planId)) wrong.push({ why: 'more time than was bought', period });
      const isUntouched =
        !isChange && period.credited === 0 && payments.get(orderId)?.status === 'SUCCESS' && !this.wasEnded;
      if (isUntouched && lasts < SHORTEST_MS) wrong.push({ why: 'less time than was bought', period });
    }
    for (const { id, status, isActive, endDate } of subscriptions)
      if (isActive && Date.parse(endDate) <= now) wrong.push({ why: 'live for ever', id, status, endDate });

    const kept = [...payments.values()]
      .filter(({ status }) => ['SUCCESS', 'PARTIALLY_REFUNDED'].includes(status))
      .reduce((sum, { amount, refundedAmount }) => sum + amount - refundedAmount, 0);
    const inPeriods = periods.reduce((sum, { price, credited }) => sum + price - credited, 0);
    const probe = await api.post('/v1/temp-orders', { planId: this.dearestPlan });
    if (
      probe.status === 201 &&
      probe.body.amount > 100 &&
      ![...payments.values()].some(({ status }) => status === 'WAITING_FOR_DEPOSIT') &&
      kept !== inPeriods + probe.body.balanceUsed
    ) {
      wrong.push({ why: 'money is in no period and in no balance', kept, inPeriods, balance: probe.body.balanceUsed });
    }
    return wrong;
  }
}

it(
  'whatever a customer agrees to, they are charged for that and no more, and have what they paid for',
  async () => {
    let judged = 0;
    await checkProperty(
      'agreement-property',
      fc.array(step, { minLength: 6, maxLength: 14, size: 'max' }),
      async (steps) => {
        const world = await createWorld({ tossTimeoutMs: PATIENCE_MS, billingTimeoutMs: PATIENCE_MS }, true);
        try {
          await world.api.post('/v1/sandbox/clock', { set: '2030-01-31T12:00:00+09:00' });
          const admin = await world.api.as('boss', 'admin');
          const { body: dearest } = await admin.post('/v1/plans', {
            type: 'PREMIUM',
            name: 'Dearest',
            price: DEAREST,
            durationMonths: 1,
          });
          const story = new Story(world, await world.api.as('customer'), admin, dearest.id);
          await story.take({ acts: [{ does: 'newCard' }] });
          await story.take({ acts: [{ does: 'subscribe', plan: 1, trialDays: 0 }] });
          for (const step of steps) await story.take(step);
          expect(await story.end()).toEqual([]);
          judged += story.judged;
        } finally {
          await world.close();
        }
      },
      RUNS,
    );
    process.stdout.write(`agreement-property: ${judged} charges by card were judged\n`);
    expect(judged).toBeGreaterThan(0);
  },
  propertyTimeout(RUNS),
);

describe('the model of what was agreed complains of', () => {
  const basic: Terms = { planId: 1, price: 9_900, months: 1 };
  const premium: Terms = { planId: 2, price: 19_900, months: 1 };
  const shown: Shown = {
    id: 's',
    planId: 1,
    nextPlanId: null,
    status: 'ACTIVE',
    endDate: '',
    nextChargeAt: null,
    billingKeyId: 'c',
    cancelAtPeriodEnd: false,
  };
  const agreed = (trialEnd: string | null = null): Agreements => {
    const model = new Agreements();
    model.subscribed([10, 20], basic, trialEnd);
    return model;
  };
  /** Why a charge at 100 is complained of. */
  const complaints = (model: Agreements, { amount = 9_900, plan = 1 }: { amount?: number; plan?: number } = {}) =>
    model
      .complaints([{ orderId: 'o', amount, held: amount, requestedAt: 100 }], () => plan)
      .map((complaint) => (complaint as { why: string }).why);

  it.each<[string, string[], (model: Agreements) => object | void]>([
    ['nothing, where what was agreed is charged', [], () => undefined],
    ['more than the price', ['not what was agreed'], () => ({ amount: 9_901 })],
    ['another plan', ['not what was agreed'], () => ({ plan: 2 })],
    [
      'the plan before a change',
      ['not what was agreed'],
      (model) => model.changed([30, 40], premium, { ...shown, nextPlanId: 2 }),
    ],
    [
      'no change that was taken back',
      [],
      (model) => {
        model.changed([30, 40], premium, { ...shown, nextPlanId: 2 });
        model.changed([50, 60], { ...basic, price: 30_000 }, shown);
      },
    ],
    [
      'a price that was raised before a change was taken back',
      ['not what was agreed'],
      (model) => {
        model.changed([30, 40], premium, { ...shown, nextPlanId: 2 });
        model.changed([50, 60], { ...basic, price: 30_000 }, shown);
        return { amount: 30_000 };
      },
    ],
    ['a charge after a cancel', ['requested after the customer cancelled'], (model) => model.stopped([30, 40])],
    ['no charge while a cancel was being answered', [], (model) => model.stopped([90, 110])],
    [
      'no charge after a resume',
      [],
      (model) => {
        model.stopped([30, 40]);
        model.restarted([50, 60]);
      },
    ],
    [
      'a first charge that was stopped and kept',
      ['kept though the customer stopped it'],
      (model) => model.stoppedOrder('o'),
    ],
  ])('%s', (_, why, then) => {
    const model = agreed();
    expect(complaints(model, then(model) ?? {})).toEqual(why);
  });

  it('a charge after a trial without consent', () => {
    const model = agreed('2030-01-01T00:00:00Z');
    expect(complaints(model)).toEqual(['charged after a trial without consent']);
    model.consented([30, 40]);
    expect(complaints(model)).toEqual([]);
  });
});
