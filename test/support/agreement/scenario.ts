import { setTimeout as sleep } from 'node:timers/promises';
import { allow, type Answer, type Api } from '../api.ts';
import { expectBooksToAgree } from '../books.ts';
import { stallStatements } from '../stalls.ts';
import { eventually, type World } from '../world.ts';
import { Agreements, type Shown, type Span, type Terms } from './agreements.ts';
import { judge, type Ordered } from './judge.ts';
import type { Act, Step } from './steps.ts';

/** How long the provider takes for a slow answer. */
const SLOW_MS = 500;
const STALL_MS = 250;
/** For so long a connection may turn out to be gone. */
const CUT_FELT_MS = 2_000;
const DAY_MS = 24 * 3_600_000;
const ACCOUNT = { bank: '신한', accountNumber: '110123456789', holderName: '김토스' };

/** What an act came to, as the customer knows it. */
type Effect = 'none' | 'cancelled' | 'restarted' | 'consented';

/** A customer, their agreements, the operators, a provider and a database in trouble. */
export class Scenario {
  private readonly model = new Agreements();
  private readonly orders: Ordered[] = [];
  private cutUntil = 0;
  /** An operator ended a subscription before its time. */
  private wasEnded = false;
  /** How many charges by card were judged. */
  chargeCount = 0;

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
    // A change that is undone brings back what was agreed before it; a webhook, or the next reconciliation, tells of
    // the dashboard's.
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

  private allow(statuses: number[], answer: Answer): void {
    allow(this.isCut ? [...statuses, 500, 503] : statuses, answer);
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
    return [...report.invariants.filter(({ ok }: { ok: boolean }) => !ok), ...(await this.judged())];
  }

  private async judged(): Promise<object[]> {
    const { world, api, model, orders, wasEnded, dearestPlan } = this;
    const [payments, now] = [await this.payments(), await this.now()];
    const { wrong, charges } = await judge({ world, api, model, orders, wasEnded, dearestPlan, payments, now });
    this.chargeCount = charges;
    return wrong;
  }
}
