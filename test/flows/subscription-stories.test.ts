import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { sized } from '../support/size.ts';
import { createWorld, type World } from '../support/world.ts';

const STORIES = sized(15, 400);

let world: World;
let admin: Api;
let plans: number[];

beforeAll(async () => {
  world = await createWorld();
  admin = await world.api.as('boss', 'admin');
  const more = [
    { price: 9_940, durationMonths: 1 },
    { price: 49_900, durationMonths: 3 },
    { price: 99_000, durationMonths: 12 },
  ];
  const made = await Promise.all(
    more.map((plan) => admin.post('/v1/plans', { type: 'PREMIUM', name: `${plan.price}`, ...plan })),
  );
  plans = [1, 2, ...made.map(({ body }) => body.id as number)];
});
afterAll(() => world.close());

type Step = { do: 'buy' | 'change'; plan: number } | { do: 'cancel' | 'resume' } | { do: 'wait'; for: string };

const plan = fc.nat({ max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('buy' as const), plan }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), plan }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'cancel' }, { do: 'resume' }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('PT1H', 'PT13H', 'P1D', 'P9D', 'P1M', 'P40D', 'P1Y')
      .map((time): Step => ({ do: 'wait', for: time })),
  },
);

it(
  'whatever is bought, changed and waited for: live means that a period covers now, up to the following midnight',
  async () => {
    let buyers = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (story) => {
        const userId = `teller-${++buyers}`;
        const api = await world.api.as(userId);
        for (const next of story) {
          await play(api, next);
          await expectLiveToMeanCovered(userId);
        }
        await expectBooksToAgree(world);
      }),
      { numRuns: STORIES, endOnFailure: true },
    );
  },
  sized(180_000, 1_800_000),
);

async function play(api: Api, step: Step): Promise<void> {
  if (step.do === 'wait') {
    expect((await world.clock.advance(step.for)).status).toBe(200);
    return;
  }
  if (step.do === 'buy') {
    const order = await api.post('/v1/temp-orders', { planId: plans[step.plan] });
    // A cheaper plan has to wait for the period's end, and what is too small to charge is changed without an order.
    if (order.status !== 201) return expect(['DOWNGRADE_AT_PERIOD_END', 'NOTHING_TO_PAY']).toContain(order.body.code);
    expect((await api.confirm(order.body, await world.simulator.authenticate(order.body))).status).toBe(200);
    return;
  }
  const current = await api.get('/v1/subscriptions/me');
  if (current.status === 404) return;
  const path = `/v1/subscriptions/${current.body.id}/${step.do}`;
  const { status, body } = await api.post(path, step.do === 'change' ? { planId: plans[step.plan] } : {});
  if (status !== 200) expect(body.code).toBe('CHANGE_NEEDS_PAYMENT');
}

async function expectLiveToMeanCovered(userId: string): Promise<void> {
  const { body } = await world.api.get('/v1/sandbox/clock');
  const wrong = await world.database.query(
    `SELECT subscription.id, is_active, end_date FROM subscription
     LEFT JOIN LATERAL (
       SELECT max(ends_at) AS last FROM subscription_period WHERE subscription_id = subscription.id
         AND voided_at IS NULL
     ) periods ON true
     WHERE user_id = $1
       AND is_active <> ((date_trunc('day',
         last AT TIME ZONE 'Asia/Seoul') + interval '1 day') AT TIME ZONE 'Asia/Seoul' > $2::timestamptz)
       AND (last AT TIME ZONE 'Asia/Seoul') <> date_trunc('day', last AT TIME ZONE 'Asia/Seoul')`,
    [userId, body.now],
  );
  expect(wrong).toEqual([]);
}
