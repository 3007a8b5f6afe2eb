/**
 * The API's description is part of the contract: routes, fields, error codes. `npm test -- --update-api` writes
 * test/fixtures/openapi.json anew after a change that an issue asks for; the diff of that file is what callers notice.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sortKeys } from '../support/snapshot/differences.ts';
import { differencesFromFixture } from '../support/snapshot/fixture.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('the running program describes the API that is committed', async () => {
  const { body } = await world.api.get('/openapi.json');
  expect(differencesFromFixture('openapi.json', sortKeys(body))).toEqual([]);
});
