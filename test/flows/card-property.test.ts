import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allow, type Api } from '../support/api.ts';
import { expectBooksToAgree, untilNothingIsPending } from '../support/books.ts';
import { faultOf, LOST } from '../support/faults.ts';
import { checkProperty, propertyTimeout } from '../support/property.ts';
import { createWorld, type World } from '../support/world.ts';

const RUNS = { planned: 6, least: 4 };
const SLOW_MS = 500;
const PATIENCE_MS = 300;

const FAULTS = {
  billing: [...LOST, 'in_progress', 'wrong_amount', 'unauthorized'],
  get: [...LOST, 'not_found_lag'],
  issue: LOST,
  cancel: LOST,
  confirm: LOST,
};
const CODES = [
  'REJECT_CARD_PAYMENT',
  'INVALID_STOPPED_CARD',
  'INVALID_CARD_EXPIRATION',
  'NOT_AVAILABLE_BANK',
  'INVALID_REQUEST',
  'ALREADY_REMOVED_BILLING_KEY',
  'PROVIDER_ERROR',
  'SOMETHING_NEW',
];

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('advance' as const),
      hours: fc.constantFrom(0.01, 1, 26, 24 * 3, 24 * 8, 24 * 31),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('decline' as const),
      code: fc.constantFrom(...CODES),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: faultOf(FAULTS).map((fault) => ({ does: 'fault' as const, ...fault })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('subscribe' as const),
      planId: fc.integer({ min: 1, max: 2 }),
      trialDays: fc.constantFrom(0, 0, 3),
      atOnce: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'newCard' as const,
        'cancel' as const,
        'resume' as const,
        'consent' as const,
        'buy' as const,
        'removeCard' as const,
        'change' as const,
        'release' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('refund' as const), share: fc.constantFrom(0.5, 1), end: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('dashboard' as const), share: fc.constantFrom(0.5, 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('price' as const), price: fc.constantFrom(8_000, 9_900, 15_000) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One subscriber, their cards, a Toss in trouble and a clock that goes by hours and months. */
class Story {
  private cards: string[] = [];

  constructor(
    private readonly world: World,
    private readonly api: Api,
    private readonly admin: Api,
  ) {}

  async take(step: Step): Promise<void> {
    const { world, api, admin } = this;
    switch (step.does) {
      case 'advance':
        return allow(
          [200],
          await world.api.post('/v1/sandbox/clock', { advance: `PT${Math.round(step.hours * 3_600)}S` }),
        );
      case 'decline':
        return void (await world.simulator.fault({
          on: 'billing',
          kind: 'refuse',
          code: step.code,
          times: step.times,
        }));
      case 'fault':
        return void (await world.simulator.fault({
          on: step.on,
          kind: step.kind,
          times: step.times,
          delayMs: SLOW_MS,
        }));
      case 'newCard':
        return this.newCard();
      case 'subscribe': {
        const body = {
          planId: step.planId,
          billingKeyId: this.cards.at(-1),
          ...(step.trialDays > 0 && { trialDays: step.trialDays }),
        };
        const answers = await Promise.all(
          Array.from({ length: step.atOnce }, () => api.post('/v1/subscriptions', body)),
        );
        return answers.forEach((answer) => allow([200, 202, 400, 402, 404, 409, 502, 503], answer));
      }
      case 'removeCard':
        return this.cards[0] === undefined
          ? undefined
          : allow([204, 404, 409, 503], await api.delete(`/v1/billing-keys/${this.cards[0]}`));
      case 'buy': {
        const { status, body: order } = await api.post('/v1/temp-orders', { planId: 1 });
        return status === 201
          ? allow(
              [200, 202, 402, 404, 409, 410, 502, 503],
              await api.confirm(order, await world.simulator.authenticate(order)),
            )
          : undefined;
      }
      case 'price':
        return allow([200], await admin.patch('/v1/plans/1', { price: step.price }));
      case 'refund':
      case 'dashboard':
        return this.giveBack(step);
      default:
        return this.decide(step.does);
    }
  }

  private async decide(does: 'cancel' | 'resume' | 'consent' | 'change' | 'release'): Promise<void> {
    const { body } = await this.api.get('/v1/subscriptions/me');
    if (!body.id) return;
    if (does === 'release')
      return allow([200, 409], await this.admin.post(`/v1/operations/renewals/${body.id}/release`));
    const [path, given] =
      does === 'consent'
        ? ['consents', { textVersion: 'v1', channel: 'web' }]
        : does === 'change'
          ? ['change', { planId: body.planId === 1 ? 2 : 1 }]
          : [does, {}];
    allow([200, 201, 409], await this.api.post(`/v1/subscriptions/${body.id}/${path}`, given));
  }

  private async newCard(): Promise<void> {
    const { customerKey } = (await this.api.get('/v1/billing-keys/registration')).body;
    const answer = await this.api.post('/v1/billing-keys', {
      customerKey,
      authKey: await this.world.simulator.registerCard(customerKey),
    });
    allow([201, 202, 402, 503], answer);
    if (answer.status === 201) this.cards.push(answer.body.id);
  }

  private async giveBack({ does, share, ...more }: Extract<Step, { share: number }>): Promise<void> {
    const [latest] = (await this.api.get('/v1/payments')).body.data;
    if (!latest?.paymentKey) return;
    const amount = share === 1 ? undefined : Math.ceil(latest.amount * share);
    if (does === 'dashboard')
      return void (await this.world.simulator.dashboardCancel(latest.paymentKey, amount).catch(() => undefined));
    allow(
      [201, 202, 400, 402, 404, 409, 503],
      await this.admin.post('/v1/refunds', {
        orderId: latest.orderId,
        reason: '고객의 요청에 따른 환불',
        amount,
        overrideWindow: true,
        endSubscription: 'end' in more && more.end,
      }),
    );
  }

  /**
   * Toss is well again and time goes by: everything is known, nothing hangs, and the books agree.
   *
   * @returns what is wrong all the same
   */
  async end(): Promise<object[]> {
    const { world } = this;
    await world.simulator.clearFaults();
    await untilNothingIsPending(world);
    // The next mornings' reconciliation finds what no webhook told.
    await world.api.post('/v1/sandbox/clock', { advance: 'P2D' });
    await expectBooksToAgree(world);
    const { body: report } = await this.admin.get('/v1/operations/invariants');
    const broken = report.invariants.filter(({ ok }: { ok: boolean }) => !ok);
    const hanging = await world.database.query(`
      SELECT id, 'under way with nothing' AS why FROM subscription WHERE renewal_order_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM payment WHERE order_id = renewal_order_id AND status = 'PENDING')
      UNION ALL SELECT id, 'live for ever' FROM subscription WHERE is_active AND end_date < (SELECT max(created_at)
        FROM outgoing_event) - interval '2 days' AND next_charge_at IS NULL AND past_due_since IS NULL
      UNION ALL SELECT subscription_id, 'two charges for a period' FROM invoice JOIN payment USING (order_id)
        WHERE subscription_id IS NOT NULL AND payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED')
        GROUP BY subscription_id, due_at HAVING count(*) > 1
      UNION ALL SELECT subscription.id, 'charged after a trial without consent' FROM invoice
        JOIN subscription ON subscription.id = subscription_id
        WHERE consent_id IS NULL AND EXISTS (SELECT FROM subscription_period trial
          WHERE trial.subscription_id = subscription.id AND trial.order_id IS NULL AND trial.price = 0
          AND trial.ends_at = due_at AND trial.starts_at = subscription.created_at)`);
    const { payments } = await world.simulator.books();
    const held = payments
      .filter(({ approvedAt, balanceAmount }) => approvedAt !== null && balanceAmount > 0)
      .map(({ orderId }) => orderId);
    const twice = held
      .filter((orderId, index) => held.indexOf(orderId) !== index)
      .map((orderId) => ({ orderId, why: 'taken twice' }));
    return [...broken, ...hanging, ...twice];
  }
}

it(
  'whatever a subscriber, their cards, Toss and time do, the books agree in the end',
  () =>
    checkProperty(
      'card-property',
      fc.array(step, { minLength: 6, maxLength: 14, size: 'max' }),
      async (steps) => {
        const world = await createWorld({ tossTimeoutMs: PATIENCE_MS, billingTimeoutMs: PATIENCE_MS }, true);
        try {
          await world.api.post('/v1/sandbox/clock', { set: '2030-01-31T12:00:00+09:00' });
          const story = new Story(world, await world.api.as('subscriber'), await world.api.as('boss', 'admin'));
          await story.take({ does: 'newCard' });
          await story.take({ does: 'subscribe', planId: 1, trialDays: 0, atOnce: 1 });
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
