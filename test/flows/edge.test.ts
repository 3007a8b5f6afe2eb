import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PoolClient } from 'pg';
import { PrismaService } from '../../src/platform/database/index.ts';
import type { Api } from '../support/api.ts';
import { answerOn, rawConnection, rawRequest } from '../support/raw-http.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let api: Api;

beforeAll(async () => {
  world = await createWorld({ webOrigins: ['https://shop.example'] });
  api = await world.api.as('somebody');
});
afterAll(() => world.close());

const JSON_TYPE = { 'Content-Type': 'application/json' };
const get = (path: string, ...headers: string[]) =>
  rawRequest(world.api.url, [`GET ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'));

function expectProblem(answer: { status: number; headers: Headers; body: any }, status: number, code: string) {
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId);
  expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
}

describe('a body', () => {
  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'planId=1'],
    ['text', 'text/plain', '{"planId":1}'],
    ['XML', 'application/xml', '<planId>1</planId>'],
    ['multipart', 'multipart/form-data; boundary=x', '--x--'],
    ['another JSON type', 'application/merge-patch+json', '{"planId":1}'],
    ['UTF-16', 'application/json; charset=utf-16', '{"planId":1}'],
    ['no type at all', '', '{"planId":1}'],
  ])('that is %s is refused with 415', async (_, type, body) => {
    expectProblem(await api.post('/v1/temp-orders', body, { 'Content-Type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('that is a form moves no clock and makes no token', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await world.api.post('/v1/sandbox/clock', 'advance=P1Y', form)).status).toBe(415);
    expect((await world.api.post('/v1/sandbox/tokens', 'userId=x&role=admin', form)).status).toBe(415);
  });

  it('may say utf-8, in any case', async () => {
    const type = { 'Content-Type': 'Application/JSON; Charset="UTF-8"' };
    expect((await api.post('/v1/temp-orders', { planId: 1 }, type)).status).toBe(201);
  });

  it('may be absent or empty where none is needed', async () => {
    const operator = await world.api.as('op', 'operator');
    const path = '/v1/operations/jobs/expire-subscriptions/run';
    expect((await operator.post(path, '', JSON_TYPE)).status).toBe(200);
    const { headers } = new Request(world.api.url, { headers: JSON_TYPE });
    expect(headers.has('content-type')).toBe(true);
    const token = (await world.api.post('/v1/sandbox/tokens', { userId: 'op', role: 'operator' })).body.token as string;
    const bare = await fetch(world.api.url + path, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
    expect(bare.status).toBe(200);
  });

  it.each([
    ['half a surrogate pair', '{"reason":"\\ud800"}', 'reason'],
    ['half a surrogate pair in a name', '{"a":{"\\udc00":1}}', 'a'],
    ['a NUL', '{"reason":"a\\u0000b"}', 'reason'],
    ['a NUL deep inside', '{"a":[1,{"b":"\\u0000"}]}', 'a.1.b'],
  ])('with %s is a 400 that names the place', async (_, body, path) => {
    const operator = await world.api.as('op', 'operator');
    const answer = await operator.post('/v1/operations/renewals/pause', body);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }]);
  });

  it('of a webhook is kept whatever text is in it, but is JSON', async () => {
    for (const text of ['{"eventType":"X","data":"\\ud800"}', '{"eventType":"X","data":"\\u0000"}']) {
      expect((await world.api.post('/v1/webhooks/toss', text)).status).toBe(200);
    }
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expectProblem(await world.api.post('/v1/webhooks/toss', 'eventType=X', form), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('that is no UTF-8 is a 400', async () => {
    const bytes = Buffer.from([...Buffer.from('{"reason":"'), 0xff, ...Buffer.from('"}')]);
    const answer = await fetch(`${world.api.url}/v1/temp-orders`, { method: 'POST', headers: JSON_TYPE, body: bytes });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'MALFORMED_REQUEST']);
  });

  it.each([
    ['arrays', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
  ])('of very deep %s is a 400, with an Idempotency-Key too', async (_, body) => {
    expectProblem(await api.post('/v1/temp-orders', body, { 'Idempotency-Key': 'deep' }), 400, 'MALFORMED_REQUEST');
    expectProblem(await api.post('/v1/temp-orders', body), 400, 'MALFORMED_REQUEST');
  });

  it('that comes too slowly is given up, and the connection with it', async () => {
    const server = world.app.getHttpServer() as { requestTimeout: number; headersTimeout: number };
    const { requestTimeout, headersTimeout } = server;
    expect(requestTimeout).toBe(30_000);
    Object.assign(server, { requestTimeout: 300, headersTimeout: 300 });
    const socket = rawConnection(world.api.url);
    const type = 'Content-Type: application/json';
    const head = ['POST /v1/temp-orders HTTP/1.1', 'Host: localhost', type, 'Content-Length: 99'];
    socket.write(`${head.join('\r\n')}\r\n\r\n{`);
    const answer = await answerOn(socket);
    Object.assign(server, { requestTimeout, headersTimeout });
    expectProblem(answer, 408, 'REQUEST_TIMEOUT');
  });
});

describe('the server', () => {
  it('has a limit to connections, and to how long one may be silent', () => {
    const server = world.app.getHttpServer() as { maxConnections: number; timeout: number };
    expect(server.maxConnections).toBeGreaterThan(1_000);
    expect(server.timeout).toBeGreaterThan(world.settings.billingTimeoutMs * 2);
  });
});

describe('an address', () => {
  const malformed = ['/v1/plans/%', '/v1/%zz', '/%E0%A4%A'];
  it.each(malformed)('of malformed percent-encoding (%s) is a problem like any other', async (path) => {
    const answer = await get(path, 'Host: localhost', 'X-Request-Id: given-1');
    expectProblem(answer, 400, 'MALFORMED_REQUEST');
    expect(answer.headers.get('x-request-id')).toBe('given-1');
  });

  const outsideOfDocs = ['/docs/../x', '/docs/./swagger-ui.css', '/docs/%2e%2e/x'];
  it.each(outsideOfDocs)('that leads out of the docs (%s) is a 404', async (path) => {
    expectProblem(await get(path, 'Host: localhost'), 404, 'NOT_FOUND');
  });

  it('with 20 kB of headers is a 431', async () => {
    expectProblem(await get('/v1/plans', 'Host: localhost', `X-Long: ${'x'.repeat(20_000)}`), 431, 'HEADERS_TOO_LARGE');
  });

  it('that is no HTTP is a 400', async () => {
    const answer = await rawRequest(world.api.url, 'GET /v1/plans HTTP/1.1\r\nBad Header\r\n\r\n');
    expectProblem(answer, 400, 'MALFORMED_REQUEST');
  });
});

describe('a Host', () => {
  const strange = ['a b', '[::1', '', 'user@localhost', 'localhost:x', 'localhost/x', 'evil.com;script-src*'];
  const redirects = ['payments', 'billing-keys'].flatMap((of) => [`/v1/${of}/success?x=y`, `/v1/${of}/fail?code=X`]);

  it.each(strange)('that is none (%p) is a 400, in a sandbox and outside it', async (host) => {
    const outside = await outsideWorld();
    for (const path of [...redirects, '/v1/plans']) {
      expectProblem(await get(path, `Host: ${host}`), 400, 'MALFORMED_REQUEST');
      const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      expectProblem(await rawRequest(outside.api.url, request), 400, 'MALFORMED_REQUEST');
    }
  });

  it('may not come twice', async () => {
    expectProblem(await get('/v1/plans', 'Host: localhost', 'Host: evil.example'), 400, 'MALFORMED_REQUEST');
  });

  it.each([
    ['X-Forwarded-Host', 'evil.example/x'],
    ['X-Forwarded-Proto', 'javascript'],
  ])('cannot be made strange by %s', async (name, value) => {
    const answer = await get('/v1/payments/fail?code=X', 'Host: localhost', `${name}: ${value}`);
    expectProblem(answer, 400, 'MALFORMED_REQUEST');
  });

  it('is not what a redirect goes to where PUBLIC_URL is set', async () => {
    const outside = await outsideWorld();
    const request = 'GET /v1/payments/fail?code=X HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    const { status, headers } = await rawRequest(outside.api.url, request);
    expect([status, new URL(headers.get('location')!).origin]).toEqual([303, 'https://pay.example']);
  });

  let made: World | undefined;
  const outsideWorld = async () => (made ??= await createWorld({ sandbox: false, publicUrl: 'https://pay.example' }));
  afterAll(() => made?.close());
});

describe('a sandbox', () => {
  it('is not served under a foreign name, which is how DNS rebinding reaches it', async () => {
    expectProblem(await get('/v1/plans', 'Host: evil.example:3000'), 421, 'HOST_NOT_SERVED');
    // A page of that name may add a header, and comes from this machine like a proxy does.
    expectProblem(await get('/v1/plans', 'Host: evil.example', 'X-Forwarded-Host: localhost'), 421, 'HOST_NOT_SERVED');
    for (const host of ['localhost:3000', '127.0.0.1', '[::1]:3000', 'gudok.localhost', '192.0.2.7:3000']) {
      expect((await get('/v1/plans', `Host: ${host}`)).status).toBe(200);
    }
  });

  it('is served under the name of PUBLIC_URL', async () => {
    const named = await createWorld({ publicUrl: 'https://try.example' });
    const request = (host: string) => `GET /v1/plans HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    expect((await rawRequest(named.api.url, request('try.example'))).status).toBe(200);
    expect((await rawRequest(named.api.url, request('evil.example'))).status).toBe(421);
    await named.close();
  });

  it('takes nothing from a page of a foreign origin', async () => {
    const move = (headers: Record<string, string>) => world.api.post('/v1/sandbox/clock', { advance: 'PT0S' }, headers);
    for (const origin of ['https://evil.example', 'null', 'https://localhost.evil.example']) {
      expectProblem(await move({ Origin: origin }), 403, 'ORIGIN_NOT_ALLOWED');
    }
    for (const origin of [world.api.url, 'https://shop.example', 'http://localhost:5173', 'http://127.0.0.1:8080']) {
      expect((await move({ Origin: origin })).status).toBe(200);
    }
    expect((await move({})).status).toBe(200);
    // Reads change nothing, and CORS keeps their answers from the page.
    expect((await world.api.get('/v1/plans', { Origin: 'https://evil.example' })).status).toBe(200);
  });

  it('alone minds origins: outside it a token is what counts', async () => {
    const outside = await createWorld({ sandbox: false });
    const answer = await outside.api.post('/v1/temp-orders', { planId: 1 }, { Origin: 'https://evil.example' });
    expect(answer.status).toBe(401);
    await outside.close();
  });
});

describe('a database whose connections are all taken', () => {
  it('is a 503 to try again after, for model calls and raw statements alike', async () => {
    const busy = await createWorld();
    const buyer = await busy.api.as('buyer');
    const { pool } = busy.app.get(PrismaService);
    pool.options.connectionTimeoutMillis = 200;
    const taken: PoolClient[] = [];
    // The job engine keeps one or two for itself, and gives another back now and then.
    for (let refused = 0; refused < 5;)
      refused = await pool.connect().then(
        (client) => (taken.push(client), 0),
        () => refused + 1,
      );
    const answers = [
      await busy.api.get('/v1/plans'),
      await buyer.get('/v1/payments'),
      await buyer.post('/v1/temp-orders', { planId: 1 }, { 'Idempotency-Key': 'k' }),
      await busy.api.post('/v1/webhooks/toss', { eventType: 'X' }),
      await buyer.confirm({ orderId: 'no-such-order', amount: 9900 }, 'key'),
      await busy.api.get('/v1/events'),
    ];
    for (const client of taken) client.release();
    for (const answer of answers) {
      expectProblem(answer, 503, 'DATABASE_UNAVAILABLE');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await busy.api.get('/v1/plans')).status).toBe(200);
    await busy.close();
  });
});

describe('X-Forwarded-For', () => {
  it('is written down only where it is an address', async () => {
    const admin = await world.api.as('boss', 'admin');
    const addressOf = async (forwarded: string) => {
      const plan = { type: 'BASIC', name: forwarded, price: 1_000, durationMonths: 1 };
      const { body } = await admin.post('/v1/plans', plan, { 'X-Forwarded-For': forwarded });
      const text = 'SELECT address FROM audit_log WHERE subject = $1';
      const [row] = await world.database.query<{ address: string }>(text, [`plan:${body.id}`]);
      return row?.address;
    };
    expect(await addressOf('203.0.113.7')).toBe('203.0.113.7');
    expect(await addressOf('2001:db8::7')).toBe('2001:db8::7');
    expect(await addressOf('the moon')).toMatch(/127\.0\.0\.1$/);
    expect(await addressOf('<script>, 127.0.0.1')).toMatch(/127\.0\.0\.1$/);
  });
});
