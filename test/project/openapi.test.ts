import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { PROBLEMS } from '../../src/platform/problem.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let document: any;
let operations: { name: string; path: string; method: string; [field: string]: any }[];

beforeAll(async () => {
  world = await createWorld();
  document = (await world.api.get('/openapi.json')).body;
  operations = Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      method,
      ...operation,
    })),
  );
});
afterAll(() => world.close());

const failing = (wrong: (operation: (typeof operations)[number]) => boolean) =>
  operations.filter(wrong).map(({ name }) => name);
const isProblem = (response: any) =>
  response?.content?.['application/problem+json']?.schema?.$ref === '#/components/schemas/Problem';
const isApi = ({ path }: { path: string }) => path.startsWith('/v1/');
/** Toss's browsers end on a page, whatever happens; a person is looking. */
const isRedirect = ({ responses }: any) => '303' in responses;

it('is valid OpenAPI 3.1, and says where it is served', async () => {
  expect(document.openapi).toMatch(/^3\.1/);
  expect(document.servers).toEqual([expect.objectContaining({ url: '/' })]);
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

describe('every operation', () => {
  it('says in a line what it does, each in its own', () => {
    expect(operations.length).toBeGreaterThan(15);
    expect(failing(({ summary }) => !/^[A-Z][^.\n]{5,70}$/.test(summary ?? ''))).toEqual([]);
    const summaries = operations.map(({ summary }) => summary);
    expect(summaries.filter((summary, index) => summaries.indexOf(summary) !== index)).toEqual([]);
  });

  it('says what it answers when all is well, with which content', () => {
    expect(failing(({ responses }) => !Object.keys(responses).some((status) => /^[23]/.test(status)))).toEqual([]);
    const silent = failing(({ responses }) =>
      Object.entries<any>(responses).some(([status, { content }]) => /^20[0-3]$/.test(status) && !content),
    );
    expect(silent).toEqual([]);
  });

  it('describes every refusal as a problem, and has a default for the rest', () => {
    const unlike = failing(({ responses }) =>
      Object.entries(responses).some(([status, response]) => /^([45]|default)/.test(status) && !isProblem(response)),
    );
    expect(unlike).toEqual([]);
    expect(failing((operation) => !isRedirect(operation) && !('default' in operation.responses))).toEqual([]);
  });

  it('of the API can fail as everything can: a defect, a database that is away', () => {
    expect(
      failing(
        (operation) =>
          isApi(operation) &&
          !isRedirect(operation) &&
          !['500', '503'].every((status) => status in operation.responses),
      ),
    ).toEqual([]);
  });

  it('that needs a token says so, and what is answered without one', () => {
    const isPublic = ({ security }: any) => security?.length === 0;
    expect(operations.filter(isPublic).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['get /v1/plans', 'get /health/live', 'post /v1/webhooks/toss']),
    );
    // With METRICS_TOKEN set, the metrics need that one.
    const others = failing((operation) => isPublic(operation) === '401' in operation.responses);
    expect(others.filter((name: string) => name !== 'get /metrics')).toEqual([]);
  });

  it('with an id in its path says what a malformed and an unknown one is answered', () => {
    const withId = (operation: any) =>
      !isRedirect(operation) && (operation.parameters ?? []).some((parameter: any) => parameter.in === 'path');
    expect(
      failing((operation) => withId(operation) && !['400', '404'].every((status) => status in operation.responses)),
    ).toEqual([]);
  });

  it('with a body says what a malformed, a large and a strange one is answered', () => {
    expect(
      failing(
        ({ requestBody, responses }) => requestBody && !['400', '413', '415'].every((status) => status in responses),
      ),
    ).toEqual([]);
    expect(failing(({ path, requestBody }) => path === '/v1/webhooks/toss' && !requestBody)).toEqual([]);
  });

  it('asks for no header that may be left out', () => {
    expect(
      failing(({ parameters }) =>
        (parameters ?? []).some((parameter: any) => parameter.in === 'header' && parameter.required),
      ),
    ).toEqual([]);
  });
});

it('describes what Toss appends to the addresses of the redirects', () => {
  const query = (path: string) =>
    document.paths[path].get.parameters.filter((one: any) => one.in === 'query').map(({ name }: any) => name);
  expect(query('/v1/payments/success')).toEqual(['paymentKey', 'orderId', 'amount', 'paymentType']);
  expect(query('/v1/payments/fail/{orderId}')).toEqual(['code', 'message']);
  expect(query('/v1/billing-keys/success')).toEqual(['authKey', 'customerKey']);
});

it('has an operation for every error code there is', () => {
  const answers = JSON.stringify(document.paths);
  expect(Object.keys(PROBLEMS).filter((code) => !answers.includes(`\`${code}\``))).toEqual([]);
});

it('lists every error code there is', async () => {
  for (const code of Object.keys(PROBLEMS)) expect(document.info.description).toContain(`\`${code}\``);
  expect((await world.api.get('/docs')).status).toBe(200);
});
