import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromSchema } from '../support/from-schema.ts';
import { createWorld, type World } from '../support/world.ts';

/** The same requests on every machine: 12 of each operation. */
const SEED = 20_261_121;
const REQUESTS_EACH = 12;
const AT_LEAST = 600;

let world: World;
let tokens: Record<string, string | undefined>;
/** Ids of things that are there, by the name of the parameter that takes them. */
let known: Record<string, string[]>;

beforeAll(async () => {
  world = await createWorld();
  const token = async (role: string) =>
    (await world.api.post('/v1/sandbox/tokens', { userId: 'fuzz', role })).body.token as string;
  const [customer, operator, admin] = await Promise.all(['customer', 'operator', 'admin'].map(token));
  tokens = { none: undefined, bad: 'no.token.at-all', customer, operator, admin };
  const buyer = world.api.with(tokens['customer']!);
  const [paid, open] = [await buyer.order(1), await buyer.order(2)];
  const { body } = await buyer.confirm(paid, await world.simulator.authenticate(paid));
  known = {
    orderId: [paid.orderId, open.orderId],
    id: [body.subscription.id, '1'],
    name: ['purge-temp-orders'],
    date: ['2026-11-20'],
  };
});
afterAll(() => world.close());

interface Operation {
  method: string;
  path: string;
  // oxlint-disable-next-line no-explicit-any
  [field: string]: any;
}

/** One request to an operation: from its own description, with things that exist and things that nobody expects. */
function requestTo({ method, path, parameters = [], requestBody }: Operation) {
  const valueOf = ({ name, schema }: { name: string; schema: unknown }) =>
    known[name] ? fc.oneof(fc.constantFrom(...known[name]), fromSchema(schema)) : fromSchema(schema);
  const of = (place: string) => {
    const there = parameters.filter((one: { in: string }) => one.in === place);
    return fc.record(
      Object.fromEntries(there.map((one: { name: string; schema: unknown }) => [one.name, valueOf(one)])),
    );
  };
  const json = fromSchema(requestBody?.content['application/json']?.schema).map((value) => [
    'application/json',
    JSON.stringify(value),
  ]);
  const unreadable = fc.constantFrom(
    ['application/json', '{"a":'],
    ['application/xml', '<a/>'],
    ['application/json', `"${'x'.repeat(70_000)}"`],
  );
  return fc.record({
    method: fc.constant(method.toUpperCase()),
    path: of('path').map((values) =>
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])) || '-'),
    ),
    query: fc.oneof(fc.constant({}), of('query')),
    who: fc.constantFrom('none', 'bad', 'customer', 'customer', 'operator', 'admin'),
    language: fc.constantFrom('ko', 'en'),
    body: requestBody
      ? fc.oneof({ weight: 5, arbitrary: json }, { weight: 1, arbitrary: unreadable })
      : fc.constant(undefined),
  });
}

it('every answer to a random request is one that the description promises', async () => {
  const { paths } = (await world.api.get('/openapi.json')).body;
  const operations = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({ ...operation, method, path })),
  );
  const strange: string[] = [];
  let requests = 0;
  const statuses = new Set<number>();
  for (const [index, operation] of operations.entries()) {
    for (const asked of fc.sample(requestTo(operation), { numRuns: REQUESTS_EACH, seed: SEED + index })) {
      const { status, type } = await send(asked);
      requests++;
      statuses.add(status);
      const described = operation['responses'][status];
      const types = Object.keys(described?.content ?? {});
      const promised = described && (types.length === 0 || types.includes(type));
      if (!promised || status === 500) strange.push(`${JSON.stringify(asked)} -> ${status} ${type}`);
    }
  }
  expect(requests).toBeGreaterThan(AT_LEAST);
  expect(strange).toEqual([]);
  // Of every kind there were some: a generator that only meets refusals would prove nothing.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 204, 303, 400, 401, 403, 404, 413, 415]));
}, 180_000);

interface Asked {
  method: string;
  path: string;
  query: object;
  who: string;
  language: string;
  body?: readonly string[] | undefined;
}

async function send({ method, path, query, who, language, body }: Asked) {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const token = tokens[who];
  const answer = await fetch(`${world.api.url}${path}?${search}`, {
    method,
    redirect: 'manual',
    headers: {
      'Accept-Language': language,
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': body[0]! }),
    },
    ...(body && { body: body[1]! }),
  });
  await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type')?.split(';', 1)[0] ?? '' };
}
