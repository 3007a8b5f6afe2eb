import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Settings } from '../../src/config.ts';
import type { Api } from './api.ts';
import { expectBooksToAgree } from './books.ts';
import { Make } from './make.ts';
import type { Subscribers } from './subscribers.ts';
import { createWorld, type World } from './world.ts';

interface Options {
  settings?: Partial<Settings>;
  /** Whether the provider sends webhooks; without, everything has to be found out. */
  webhooks?: boolean;
}

/** What a test file works with. */
export interface Setup {
  world: World;
  make: Make;
  people: Subscribers;
  operator: Api;
  admin: Api;
}

/**
 * One world for a test file. After every test the faults are cleared, its subscriptions are canceled, so that their
 * renewals are not the next test's, and the records must agree with the provider's.
 *
 * @param ready takes what the file uses: `setupWorld((setup) => ({ world, make } = setup))`
 */
export function setupWorld(ready: (setup: Setup) => unknown, { settings, webhooks }: Options = {}): void {
  let setup: Setup;
  beforeAll(async () => {
    const world = await createWorld(settings, webhooks);
    const make = new Make(world);
    const [operator, admin] = await Promise.all([world.api.as('op', 'operator'), world.api.as('boss', 'admin')]);
    setup = { world, make, people: make.subscribers, operator, admin };
    ready(setup);
  });
  afterEach(async () => {
    await setup.world.simulator.clearFaults();
    await setup.people.cancelAll();
    await expectBooksToAgree(setup.world);
  });
  afterAll(() => setup.world.close());
}
