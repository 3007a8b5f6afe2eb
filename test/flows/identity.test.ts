import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createWorld, type World } from '../support/world.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
let world: World;

beforeAll(async () => {
  world = await createWorld({ auth: { jwtSecret: SECRET } });
});
afterAll(() => world.close());

const sign = (claims: Record<string, unknown>, secret = SECRET, alg = 'HS256') => new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));

describe('a token', () => {
  it('of a number is of its decimal string', async () => {
    const api = world.api.with(await sign({ sub: 42 }));
    const order = await api.order(1);
    expect((await world.api.with(await sign({ sub: '42' })).get(`/v1/temp-orders/${order.orderId}`)).status).toBe(200);
  });

  it.each([
    ['none', undefined],
    ['garbage', () => 'garbage'],
    ['another secret', () => sign({ sub: 'u' }, 'another-secret-of-thirty-two-bytes-and-more')],
    ['one that is over', () => sign({ sub: 'u', exp: 1_000_000_000 })],
    ['nobody’s', () => sign({ role: 'admin' })],
    ['a name of 65 characters', () => sign({ sub: 'x'.repeat(65) })],
    ['no signature', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"u"}').toString('base64url')}.`],
    ['another algorithm', () => sign({ sub: 'u' }, SECRET, 'HS512')],
  ])('%s is refused with 401', async (_, token) => {
    const api = token ? world.api.with(await token()) : world.api;
    expect(await api.get('/v1/payments')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED', detail: '로그인이 필요합니다.' } });
  });

  it('with a role that nobody knows gives no more than a customer’s rights', async () => {
    const api = world.api.with(await sign({ sub: 'u', role: 'root' }));
    expect((await api.post('/v1/operations/jobs/expire-subscriptions/run')).status).toBe(403);
    expect((await api.get('/v1/payments')).status).toBe(200);
  });
});

describe('what is somebody else’s', () => {
  it('is not there for a customer, and is for an operator', async () => {
    const owner = await world.api.as('owner');
    const order = await owner.order(1);
    const { body } = await owner.confirm(order, await world.simulator.authenticate(order));
    const stranger = await world.api.as('stranger');
    const operator = await world.api.as('op', 'operator');

    for (const path of [`/v1/payments/${order.orderId}`, `/v1/subscriptions/${body.subscription.id}`]) {
      expect((await stranger.get(path)).status).toBe(404);
      expect((await owner.get(path)).status).toBe(200);
      expect((await operator.get(path)).status).toBe(200);
    }
    expect((await stranger.get('/v1/payments?userId=owner')).body.data).toEqual([]);
    expect((await operator.get('/v1/payments?userId=owner')).body.data).toHaveLength(1);
    expect((await stranger.post(`/v1/subscriptions/${body.subscription.id}/cancel`)).status).toBe(404);
    expect((await owner.post(`/v1/subscriptions/${body.subscription.id}/cancel`)).body.cancelAtPeriodEnd).toBe(true);
    expect((await owner.post(`/v1/subscriptions/${body.subscription.id}/resume`)).body.cancelAtPeriodEnd).toBe(false);
  });

  it('cannot be thrown away either', async () => {
    const owner = await world.api.as('owner');
    const order = await owner.order(1);
    const stranger = await world.api.as('stranger');
    expect((await stranger.delete(`/v1/temp-orders/${order.orderId}`)).status).toBe(404);
    expect((await owner.delete(`/v1/temp-orders/${order.orderId}`)).status).toBe(204);
    expect((await owner.get(`/v1/temp-orders/${order.orderId}`)).status).toBe(404);
  });
});

describe('plans', () => {
  it('are changed by an admin alone, and the act is written down', async () => {
    const admin = await world.api.as('boss', 'admin');
    const operator = await world.api.as('op', 'operator');
    const plan = { type: 'PREMIUM', name: '연간', price: 99_000, durationMonths: 12 };
    expect((await operator.post('/v1/plans', plan)).status).toBe(403);
    const made = await admin.post('/v1/plans', plan);
    expect(made).toMatchObject({ status: 201, body: { ...plan, currency: 'KRW', isActive: true } });

    const buyer = await world.api.as('early-bird');
    const order = await buyer.order(made.body.id);
    expect((await admin.patch(`/v1/plans/${made.body.id}`, { price: 120_000, isActive: false })).body.price).toBe(120_000);
    // The order keeps the price that it was made with.
    const { body } = await buyer.confirm(order, await world.simulator.authenticate(order));
    expect(body.payment.amount).toBe(99_000);
    expect(await buyer.post('/v1/temp-orders', { planId: made.body.id })).toMatchObject({ status: 409, body: { code: 'PLAN_NOT_FOR_SALE' } });

    const acts = await world.database.query<{ actor: string; action: string }>(`SELECT actor, action FROM audit_log WHERE subject = $1 ORDER BY id`, [`plan:${made.body.id}`]);
    expect(acts).toEqual([{ actor: 'boss', action: 'plan.create' }, { actor: 'boss', action: 'plan.change' }]);
  });
});

describe('an identity provider’s keys', () => {
  let provider: Server;
  afterAll(() => void provider.close());

  it('are fetched and believed; our own secret is not', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    provider = createServer((_, answer) => answer.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [jwk] })));
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const jwksUrl = new URL(`http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`);
    const other = await createWorld({ auth: { jwksUrl } });
    const token = await new SignJWT({ role: 'operator' }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).setSubject('u').sign(privateKey);
    expect((await other.api.with(token).get('/v1/operations/payment-failures')).status).toBe(200);
    expect((await other.api.with(await sign({ sub: 'u' })).get('/v1/payments')).status).toBe(401);
    await other.close();
  });
});
