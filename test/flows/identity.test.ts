import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CryptoKey, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { createWorld, type World } from '../support/world.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
let world: World;

beforeAll(async () => {
  world = await createWorld({ auth: { jwtSecret: SECRET } });
});
afterAll(() => world.close());

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
/** Good for an hour unless `claims` says otherwise. */
const sign = (claims: Record<string, unknown>, secret = SECRET, alg = 'HS256') =>
  new SignJWT({ exp: inSeconds(3_600), ...claims }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
const unsigned = () => `${part({ alg: 'none' })}.${part({ sub: 'u' })}.`;
const authenticate = (headers: Headers) => headers.get('www-authenticate');
const invalid = (why: string) => `Bearer error="invalid_token", error_description="${why}"`;

describe('a token', () => {
  it('of a number is of its decimal string', async () => {
    const api = world.api.with(await sign({ sub: 42 }));
    const order = await api.order(1);
    expect((await world.api.with(await sign({ sub: '42' })).get(`/v1/temp-orders/${order.orderId}`)).status).toBe(200);
  });

  it.each([
    ['garbage', () => 'garbage', 'The token is not a JSON Web Token'],
    ['another secret', () => sign({ sub: 'u' }, 'another-secret-of-thirty-two-bytes-or-so'), 'The signature is wrong'],
    ['an end in the past', () => sign({ sub: 'u', exp: 1_000_000_000 }), 'The token has expired'],
    ['an end a minute ago', () => sign({ sub: 'u', exp: inSeconds(-60) }), 'The token has expired'],
    ['no end', () => sign({ sub: 'u', exp: undefined }), 'The token has no exp claim'],
    ['an end in words', () => sign({ sub: 'u', exp: 'tomorrow' }), 'The exp claim is not accepted'],
    ['a beginning in the future', () => sign({ sub: 'u', nbf: inSeconds(3_600) }), 'The token is not valid yet'],
    ['no sub', () => sign({ role: 'admin' }), 'The sub claim must be 1 to 64 characters'],
    ['a sub of 65 characters', () => sign({ sub: 'x'.repeat(65) }), 'The sub claim must be 1 to 64 characters'],
    ['half a character in sub', () => sign({ sub: 'u\ud800' }), 'The sub claim must be 1 to 64 characters'],
    ['a number that JSON rounds', () => sign({ sub: 2 ** 53 }), 'The sub claim must be 1 to 64 characters'],
    ['no signature', unsigned, 'The algorithm of the token is not allowed'],
    ['another algorithm', () => sign({ sub: 'u' }, SECRET, 'HS512'), 'The algorithm of the token is not allowed'],
  ])('with %s is refused with 401, which says why', async (_, token, why) => {
    const answer = await world.api.with(await token()).get('/v1/payments');
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED', detail: '로그인이 필요합니다.' } });
    expect(authenticate(answer.headers)).toBe(invalid(why));
  });

  it('is asked for where there is none', async () => {
    const missing = await world.api.get('/v1/payments');
    expect(missing).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(authenticate(missing.headers)).toBe('Bearer realm="gudok"');
    const basic = await world.api.get('/v1/payments', { Authorization: 'Basic dTpw' });
    expect([basic.status, authenticate(basic.headers)]).toEqual([401, 'Bearer realm="gudok"']);
    const twoParts = await world.api.get('/v1/payments', { Authorization: 'Bearer a b' });
    expect(authenticate(twoParts.headers)).toBe(invalid('The token is not a JSON Web Token'));
  });

  it('that expired within the clock tolerance is accepted', async () => {
    expect((await world.api.with(await sign({ sub: 'u', exp: inSeconds(-2) })).get('/v1/payments')).status).toBe(200);
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
    expect((await admin.patch(`/v1/plans/${made.body.id}`, { price: 120_000, isActive: false })).body.price).toBe(
      120_000,
    );
    // The order keeps the price that it was made with.
    const { body } = await buyer.confirm(order, await world.simulator.authenticate(order));
    expect(body.payment.amount).toBe(99_000);
    expect(await buyer.post('/v1/temp-orders', { planId: made.body.id })).toMatchObject({
      status: 409,
      body: { code: 'PLAN_NOT_FOR_SALE' },
    });

    const acts = await world.database.query<{ actor: string; action: string }>(
      `SELECT actor, action FROM audit_log WHERE subject = $1 ORDER BY id`,
      [`plan:${made.body.id}`],
    );
    expect(acts).toEqual([
      { actor: 'boss', action: 'plan.create' },
      { actor: 'boss', action: 'plan.change' },
    ]);
  });
});

describe('AUTH_ISSUER and AUTH_AUDIENCE', () => {
  let strict: World;
  beforeAll(async () => {
    const claims = { authIssuer: 'https://id.example', authAudience: 'gudok' };
    strict = await createWorld({ auth: { jwtSecret: SECRET }, ...claims });
  });
  afterAll(() => strict.close());

  it.each([
    ['both as set', { iss: 'https://id.example', aud: 'gudok' }, null],
    ['one of several audiences', { iss: 'https://id.example', aud: ['shop', 'gudok'] }, null],
    ['another issuer', { iss: 'https://evil.example', aud: 'gudok' }, 'The token is from another issuer'],
    ['no issuer', { aud: 'gudok' }, 'The token has no iss claim'],
    ['another application', { iss: 'https://id.example', aud: 'shop' }, 'The token is for another audience'],
    ['no audience', { iss: 'https://id.example' }, 'The token has no aud claim'],
  ])('%s', async (_, claims, why) => {
    const { status, headers } = await strict.api.with(await sign({ sub: 'u', ...claims })).get('/v1/payments');
    expect(status).toBe(why === null ? 200 : 401);
    expect(authenticate(headers)).toBe(why && invalid(why));
  });

  it('do not concern the sandbox’s own tokens', async () => {
    expect((await (await strict.api.as('u')).get('/v1/payments')).status).toBe(200);
  });
});

describe('a token of POST /v1/sandbox/tokens', () => {
  const anybody = () => world.api.post('/v1/sandbox/tokens', { userId: 7, role: 'admin' });

  it('is accepted beside one that the configured secret signed', async () => {
    const { token } = (await anybody()).body;
    expect((await world.api.with(token).get('/v1/operations/renewals')).status).toBe(200);
    expect((await world.api.with(await sign({ sub: '7' })).get('/v1/payments')).status).toBe(200);
  });

  it('is signed with another key than the configured one, and is worth nothing outside the sandbox', async () => {
    const { token } = (await anybody()).body;
    await expect(jwtVerify(token, new TextEncoder().encode(SECRET))).rejects.toThrow('signature verification failed');
    const outside = await createWorld({ auth: { jwtSecret: SECRET }, sandbox: false });
    const { status, headers } = await outside.api.with(token).get('/v1/payments');
    expect([status, authenticate(headers)]).toEqual([401, invalid('The signature is wrong')]);
    expect((await outside.api.with(await sign({ sub: '7' })).get('/v1/payments')).status).toBe(200);
    await outside.close();
  });

  it('cannot be made by putting the sandbox’s issuer into another token', async () => {
    const { iss } = decodeJwt((await anybody()).body.token);
    expect((await world.api.with(await sign({ sub: 'u', iss })).get('/v1/payments')).status).toBe(401);
  });
});

describe('an identity provider’s keys', () => {
  let provider: Server;
  let answer: (response: ServerResponse) => void;
  let other: World;
  let privateKey: CryptoKey;
  let jwks: object;
  const asked = { times: 0 };
  const signed = (claims: object = {}) => {
    const token = new SignJWT({ exp: inSeconds(3_600), sub: 'u', ...claims });
    return token.setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
  };

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }] };
    provider = createServer((_, response) => {
      asked.times++;
      answer(response);
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const jwksUrl = new URL(`http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`);
    other = await createWorld({ auth: { jwksUrl } });
  });
  afterAll(async () => {
    await other.close();
    provider.close();
  });

  it.each([
    ['an error', (response: ServerResponse) => response.writeHead(500).end()],
    ['no JSON', (response: ServerResponse) => response.end('<html>')],
    ['no key set', (response: ServerResponse) => response.end('{"keys": 1}')],
    ['no answer', (response: ServerResponse) => response.destroy()],
  ])('that cannot be fetched (%s) are a 503 to try again after, not a bad token', async (_, failing) => {
    answer = failing;
    const refused = await other.api.with(await signed()).get('/v1/payments');
    expect(refused).toMatchObject({ status: 503, body: { code: 'AUTHENTICATION_UNAVAILABLE' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(authenticate(refused.headers)).toBeNull();
    expect((await other.api.get('/v1/payments')).status).toBe(401);
    const { body } = await other.api.get('/metrics');
    expect(Number(/^gudok_jwks_failures_total (\d+)$/m.exec(body)?.[1])).toBeGreaterThan(0);
  });

  it('are fetched and believed; our own secret is not', async () => {
    answer = (response) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(jwks));
    const { times } = asked;
    const operator = other.api.with(await signed({ role: 'operator' }));
    expect((await operator.get('/v1/operations/payment-failures')).status).toBe(200);
    expect((await other.api.with(await signed()).get('/v1/payments')).status).toBe(200);
    expect(asked.times).toBe(times + 1);
    const { status, headers } = await other.api.with(await sign({ sub: 'u' })).get('/v1/payments');
    expect([status, authenticate(headers)]).toEqual([401, invalid('The algorithm of the token is not allowed')]);
  });

  it('do not keep the sandbox from making tokens of its own', async () => {
    expect((await (await other.api.as('u', 'admin')).get('/v1/operations/renewals')).status).toBe(200);
  });
});
