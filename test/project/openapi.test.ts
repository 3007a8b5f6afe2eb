import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { PROBLEMS } from '../../src/common/problem.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let document: any;

beforeAll(async () => {
  world = await createWorld();
  document = (await world.api.get('/openapi.json')).body;
});
afterAll(() => world.close());

it('is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toMatch(/^3\.1/);
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

it('says for every endpoint what it answers', () => {
  const operations = Object.entries<any>(document.paths).flatMap(([path, methods]) => Object.entries<any>(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })));
  expect(operations.length).toBeGreaterThan(15);
  const silent = operations.filter(({ responses }) => Object.keys(responses).length === 0);
  expect(silent.map(({ name }) => name)).toEqual([]);
});

it('lists every error code there is', async () => {
  for (const code of Object.keys(PROBLEMS)) expect(document.info.description).toContain(`\`${code}\``);
  expect((await world.api.get('/docs')).status).toBe(200);
});
