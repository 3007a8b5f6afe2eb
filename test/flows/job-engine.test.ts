import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stallStatements } from '../support/stalls.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  world = await createWorld({}, true);
  process.on('unhandledRejection', note);
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await world.close();
});

it('a job whose connection is cut as it ends does not end the program, and is ended later', async () => {
  const api = await world.api.as('buyer');
  const endStall = stallStatements(/delete from \S+_private_jobs/, 400);
  try {
    const order = await api.order(1);
    expect((await api.confirm(order, await world.simulator.authenticate(order))).status).toBe(200);
    await eventually(
      'a webhook to be processed',
      async () => (await world.database.query(`SELECT FROM incoming_webhook WHERE status = 'PROCESSED'`)).length > 0,
    );
    await world.database.cutConnections();
  } finally {
    endStall();
  }
  await eventually(
    'every job to be ended',
    async () => (await world.database.query('SELECT FROM graphile_worker._private_jobs')).length === 0,
  );
  expect(unhandled).toEqual([]);
});
