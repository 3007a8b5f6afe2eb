import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { World } from '../support/world.ts';

let world: World;
let make: Make;
let admin: Api;

setupWorld((setup) => ({ world, make, admin } = setup));

/** The versions of a plan's price, oldest first. */
const versions = (planId: number) =>
  world.database.query<{ amount: number | null; months: number | null; isCurrent: boolean }>(
    `SELECT amount, price.duration_months AS months, price.id = plan.price_id AS "isCurrent"
     FROM price JOIN plan ON plan.id = price.plan_id WHERE plan_id = $1 ORDER BY price.id`,
    [planId],
  );

const change = async (planId: number, body: object) => {
  const { status, body: plan } = await admin.patch(`/v1/plans/${planId}`, body);
  expect(status).toBe(200);
  return plan;
};

describe('a change of a plan', () => {
  it('of its price or its months makes a new version, and keeps those before', async () => {
    const planId = await make.plan(10_000);
    expect(await change(planId, { price: 12_000 })).toMatchObject({ price: 12_000, durationMonths: 1 });
    expect(await change(planId, { durationMonths: 3 })).toMatchObject({ price: 12_000, durationMonths: 3 });
    expect(await versions(planId)).toEqual([
      { amount: 10_000, months: 1, isCurrent: false },
      { amount: 12_000, months: 1, isCurrent: false },
      { amount: 12_000, months: 3, isCurrent: true },
    ]);
    expect((await admin.get(`/v1/plans/${planId}`)).body).toMatchObject({ price: 12_000, durationMonths: 3 });
  });

  it('to the same price and months, or of its name or sale, makes none', async () => {
    const planId = await make.plan(10_000);
    await change(planId, { price: 10_000, durationMonths: 1 });
    expect(await change(planId, { name: '새 이름', isActive: false })).toMatchObject({
      name: '새 이름',
      price: 10_000,
    });
    await change(planId, {});
    expect(await versions(planId)).toEqual([{ amount: 10_000, months: 1, isCurrent: true }]);
  });

  it('back to an earlier price makes a version too', async () => {
    const planId = await make.plan(10_000);
    for (const price of [12_000, 10_000]) await change(planId, { price });
    expect((await versions(planId)).map(({ amount }) => amount)).toEqual([10_000, 12_000, 10_000]);
  });

  it('gives an event a price, and takes it away', async () => {
    const { body: event } = await admin.post('/v1/plans', { type: 'EVENT', name: '모금' });
    for (const price of [5_000, null]) expect(await change(event.id, { price })).toMatchObject({ price });
    expect(await versions(event.id)).toEqual([
      { amount: null, months: null, isCurrent: false },
      { amount: 5_000, months: null, isCurrent: false },
      { amount: null, months: null, isCurrent: true },
    ]);
  });

  it('loses nothing to another one at the same moment', async () => {
    const planId = await make.plan(10_000);
    await Promise.all([change(planId, { price: 12_000 }), change(planId, { durationMonths: 3 })]);
    const made = await versions(planId);
    expect(made).toHaveLength(3);
    expect(made.at(-1)).toEqual({ amount: 12_000, months: 3, isCurrent: true });
  });
});

describe('an open order', () => {
  it('keeps the version that was quoted, and is paid at it', async () => {
    const planId = await make.plan(10_000);
    const buyer = await make.buyer();
    const order = await buyer.order(planId);
    await change(planId, { price: 12_000, durationMonths: 3 });
    const next = await buyer.order(planId);
    expect([order.amount, next.amount]).toEqual([10_000, 12_000]);
    const quoted = await world.database.query<{ amount: number; price: number }>(
      `SELECT invoice.amount, price.amount AS price FROM invoice JOIN price ON price.id = invoice.price_id
       WHERE invoice.plan_id = $1 ORDER BY invoice.created_at, price.id`,
      [planId],
    );
    expect(quoted).toEqual([order, next].map(({ amount }) => ({ amount, price: amount })));
    const { body } = await buyer.confirm(order, await world.simulator.authenticate(order));
    expect(body).toMatchObject({ payment: { amount: 10_000, status: 'SUCCESS', plan: { price: 12_000 } } });
  });
});
