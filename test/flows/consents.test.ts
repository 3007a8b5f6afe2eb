import { describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import type { Make } from '../support/make.ts';
import { setupWorld } from '../support/setup-world.ts';
import type { World } from '../support/world.ts';

let world: World;
let make: Make;
let admin: Api;
let month = 0;

setupWorld((setup) => ({ world, make, admin } = setup));

const at = (day: number, hour: number) =>
  world.clock.set(new Date(Date.UTC(2030, month, day, 0, (hour - 9) * 60)).toISOString());
const get = async (api: Api, id: string) => (await api.get(`/v1/subscriptions/${id}`)).body;
const paid = async (api: Api) =>
  (await api.get('/v1/payments')).body.data.map(({ amount }: { amount: number }) => amount);
const messages = async (id: string, type: string) =>
  (
    await world.database.query<{ data: Record<string, unknown> }>(
      'SELECT data FROM outgoing_event WHERE subscription_id = $1::uuid AND type = $2 ORDER BY id',
      [id, type],
    )
  ).map(({ data }) => data);
const needed = async (api: Api, id: string) => (await api.get(`/v1/subscriptions/${id}/consents`)).body.needed;
const consent = (api: Api, id: string, more: object = {}) =>
  api.post(`/v1/subscriptions/${id}/consents`, { textVersion: '2026-11', channel: 'web', ...more });

/** On the 1st of a month of their own, at noon; other plans than the others', because prices change. */
async function subscriber(more: object = {}) {
  month += 4;
  await at(1, 12);
  const { body: plan } = await admin.post('/v1/plans', {
    type: 'BASIC',
    name: `Plan ${month}`,
    price: 10_000,
    durationMonths: 1,
  });
  const api = await make.buyer();
  const billingKeyId = await api.putCardOnFile(world.simulator, '41');
  const { status, body } = await api.post('/v1/subscriptions', { planId: plan.id, billingKeyId, ...more });
  expect(status).toBe(200);
  return { api, plan, billingKeyId, id: body.subscription.id as string, body };
}

describe('a trial', () => {
  it('charges nothing, and then the first period with the buyer’s consent', async () => {
    const { api, id, body } = await subscriber({ trialDays: 14 });
    expect(body).toMatchObject({ payment: null, subscription: { status: 'TRIALING', isActive: true } });
    expect(body.subscription.nextChargeAt).toBe(new Date(Date.UTC(2030, month, 15, 1)).toISOString());
    await at(9, 12);
    const [told] = await messages(id, 'subscription.renewal_upcoming');
    const chargeAt = new Date(Date.UTC(2030, month, 15, 1)).toISOString();
    const card = { issuerCode: '41', lastDigits: '000*' };
    expect(told).toMatchObject({ amount: 10_000, chargeAt, consentRequired: true, card });
    expect(await needed(api, id)).toMatchObject({ kind: 'TRIAL_TO_PAID', price: 10_000, chargeAt, open: true });
    const given = await consent(api, id, { price: 10_000 });
    expect(given).toMatchObject({
      status: 201,
      body: { kind: 'TRIAL_TO_PAID', price: 10_000, textVersion: '2026-11', channel: 'web' },
    });
    expect(await needed(api, id)).toBeNull();
    await at(15, 10.1);
    expect(await paid(api)).toEqual([10_000]);
    const after = await get(api, id);
    expect(after.status).toBe('ACTIVE');
    expect(
      after.periods.map(({ startsAt, endsAt }: Record<string, string>) =>
        [startsAt, endsAt].map((text) => text!.slice(8, 10)),
      ),
    ).toEqual([
      ['01', '15'],
      ['15', '15'],
    ]);
    await at(46, 10.1);
    expect(await paid(api)).toEqual([10_000, 10_000]);
  });

  it('without consent ends instead of charging', async () => {
    const { api, id } = await subscriber({ trialDays: 14 });
    await at(15, 10.1);
    expect(await get(api, id)).toMatchObject({ status: 'TRIALING', nextChargeAt: null });
    expect(await messages(id, 'subscription.consent_missing')).toHaveLength(1);
    await at(16, 0.1);
    expect(await get(api, id)).toMatchObject({ status: 'EXPIRED', isActive: false });
    expect(await paid(api)).toEqual([]);
  });

  it('that was given up for want of consent goes on when it comes in time', async () => {
    const { api, id } = await subscriber({ trialDays: 14 });
    await at(15, 11);
    expect(await needed(api, id)).toMatchObject({ kind: 'TRIAL_TO_PAID', open: true });
    expect((await consent(api, id)).status).toBe(201);
    await at(15, 11.1);
    expect(await paid(api)).toEqual([10_000]);
    expect((await get(api, id)).status).toBe('ACTIVE');
  });

  it('is for those who never subscribed, once, and not for ever', async () => {
    const { api, id, plan, billingKeyId } = await subscriber({ trialDays: 1 });
    expect(await api.post('/v1/subscriptions', { planId: plan.id, billingKeyId, trialDays: 1 })).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_SUBSCRIBED' },
    });
    await api.post(`/v1/subscriptions/${id}/cancel`);
    await at(5, 12);
    expect(await get(api, id)).toMatchObject({ status: 'CANCELED' });
    expect(await api.post('/v1/subscriptions', { planId: plan.id, billingKeyId, trialDays: 1 })).toMatchObject({
      status: 409,
      body: { code: 'TRIAL_NOT_AVAILABLE' },
    });
    const other = await make.buyer();
    expect(
      (
        await other.post('/v1/subscriptions', {
          planId: plan.id,
          billingKeyId: await other.putCardOnFile(world.simulator),
          trialDays: 31,
        })
      ).status,
    ).toBe(400);
  });

  it('that changes its plan stays a trial, up to the same day', async () => {
    const { api, id } = await subscriber({ trialDays: 14 });
    await at(5, 12);
    const { status, body } = await api.post(`/v1/subscriptions/${id}/change`, { planId: 2 });
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'TRIALING', planId: 2 } });
    expect((await consent(api, id, { price: 19_900 })).status).toBe(201);
    await at(15, 10.1);
    expect(await paid(api)).toEqual([19_900]);
  });
});

describe('a consent', () => {
  it('to another price than will be charged is refused; a buyer who pays already needs to give none', async () => {
    const trial = await subscriber({ trialDays: 14 });
    expect(await consent(trial.api, trial.id, { price: 9_000 })).toMatchObject({
      status: 400,
      body: { code: 'AMOUNT_MISMATCH' },
    });
    expect((await (await world.api.as('another')).get(`/v1/subscriptions/${trial.id}/consents`)).status).toBe(404);
    const { api, id } = await subscriber();
    expect(await needed(api, id)).toBeNull();
  });

  it('given on the first day of the longest trial is good for its charge', async () => {
    const { api, id } = await subscriber({ trialDays: 30 });
    expect((await consent(api, id)).status).toBe(201);
    await at(32, 12);
    expect(await paid(api)).toEqual([10_000]);
  });
});

describe('the database itself refuses', () => {
  const charge = (id: string, plan: { id: number }, amount: number, { months = 1, status = 'PAST_DUE' } = {}) =>
    world.database.query(
      `INSERT INTO invoice (order_id, user_id, status, plan_id, order_name, amount, duration_months, subscription_id,
        due_at, created_at)
       SELECT gen_random_uuid()::text, user_id, $5::"InvoiceStatus", $2::int, 'x', $3::int, $4::int, id, end_date, now()
       FROM subscription WHERE id = $1::uuid`,
      [id, plan.id, amount, months, status],
    );

  it('a charge without consent, whatever the program thinks', async () => {
    const trial = await subscriber({ trialDays: 14 });
    await expect(charge(trial.id, trial.plan, 10_000)).rejects.toThrow('needs the consent');
    const { id, plan, api } = await subscriber();
    await expect(charge(id, plan, 10_001)).rejects.toThrow('needs the consent');
    await expect(charge(id, { id: 2 }, 10_000)).rejects.toThrow('the plan and the months that were agreed');
    await expect(charge(id, plan, 10_000, { months: 2 })).rejects.toThrow('the plan and the months that were agreed');
    // What was declined may be charged again under another order; of those that are open or paid there is one.
    await charge(id, plan, 10_000);
    await charge(id, plan, 10_000, { status: 'OPEN' });
    await expect(charge(id, plan, 10_000, { status: 'OPEN' })).rejects.toThrow('invoice_once_per_period');
    await world.database.query('DELETE FROM invoice WHERE subscription_id = $1::uuid', [id]);
    await api.post(`/v1/subscriptions/${id}/cancel`);
    await expect(
      world.database.query('UPDATE subscription SET next_charge_at = now() WHERE id = $1::uuid', [id]),
    ).rejects.toThrow('subscription_charged_by_a_card');
  });

  it('a consent that is changed', async () => {
    const { api, id } = await subscriber({ trialDays: 14 });
    await consent(api, id);
    await expect(world.database.query('UPDATE consent SET price = 1')).rejects.toThrow('append-only');
  });
});
