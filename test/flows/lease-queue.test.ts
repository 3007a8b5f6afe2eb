import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { t } from '../../src/platform/database/index.ts';
import { type Handled, LeaseQueue, queue, Queues } from '../../src/platform/jobs/index.ts';
import { createWorld, type World } from '../support/world.ts';

const ITEMS = queue({
  name: 'items',
  table: 'item',
  key: 'id',
  due: 'due_at',
  row: { id: t.int, tries: t.int },
  ready: 'NOT EXISTS (SELECT FROM item earlier WHERE earlier.subject = mine.subject AND earlier.id < mine.id)',
  spacing: `NOT EXISTS (
    SELECT FROM item lately WHERE lately.pace = mine.pace AND lately.done_at > :now - interval '300 ms')`,
  writes: 'tries = tries + 1',
});
const HANDLING = { leaseMs: 60_000, lanes: 4 };

let world: World;
let items: LeaseQueue<typeof ITEMS.source.row>;

beforeAll(async () => {
  world = await createWorld({});
  await world.database.query(`
    CREATE TABLE item (
      id int PRIMARY KEY, due_at timestamptz(3), tries int NOT NULL DEFAULT 0, subject int, pace int,
      done_at timestamptz(3))`);
  items = world.app.get(Queues).open(ITEMS);
});
afterAll(() => world.close());
beforeEach(() => world.database.query('DELETE FROM item'));

const due = (...ids: number[]) =>
  world.database.query(
    `INSERT INTO item (id, due_at) SELECT id, now() - interval '1 second' FROM unnest($1::int[]) AS id`,
    [ids],
  );
const find = async (id: number) =>
  (
    await world.database.query<{ tries: number; due_in: number | null }>(
      'SELECT tries, EXTRACT(epoch FROM due_at - now())::float8 AS due_in FROM item WHERE id = $1',
      [id],
    )
  )[0]!;

async function finish({ id }: { id: number }): Promise<Handled> {
  await world.database.query('UPDATE item SET due_at = NULL, done_at = now() WHERE id = $1', [id]);
  return 'done';
}

describe('a lease queue', () => {
  it('handles every row that is due once, on any number of workers', async () => {
    await due(...Array.from({ length: 40 }, (_, id) => id));
    const [here, there] = await Promise.all([1, 2].map(() => items.drain({ ...HANDLING, handle: finish })));
    expect(here! + there!).toBe(40);
    const tries = await world.database.query('SELECT DISTINCT tries FROM item');
    expect(tries).toEqual([{ tries: 1 }]);
    expect(await items.nextDue()).toBeNull();
  });

  it('puts a row that meets a defect off, and handles the others', async () => {
    await due(1, 2, 3);
    const handle = (row: { id: number }) => (row.id === 2 ? Promise.reject(new Error('a defect')) : finish(row));
    expect(await items.drain({ ...HANDLING, handle })).toBe(2);
    expect((await find(2)).due_in).toBeGreaterThan(50);
    await world.database.query("UPDATE item SET due_at = now() - interval '1 second' WHERE id = 2");
    expect(await items.drain({ ...HANDLING, handle })).toBe(0);
    expect((await find(2)).due_in).toBeGreaterThan(100);
  });

  it('stops where the provider does not answer, and claims no row for nothing', async () => {
    await due(1, 2, 3);
    expect(await items.drain({ ...HANDLING, handle: () => Promise.resolve('silent') })).toBe(0);
    const tried = await world.database.query('SELECT FROM item WHERE tries > 0');
    expect(tried).toHaveLength(1);
  });

  it('gives back what it claimed when the provider stops answering on the way', async () => {
    await due(...Array.from({ length: 10 }, (_, id) => id));
    let calls = 0;
    const handle = async (row: { id: number }) => (++calls === 1 ? finish(row) : ('silent' as const));
    expect(await items.drain({ leaseMs: 60_000, lanes: 1, batch: 5, handle })).toBe(1);
    const left = await world.database.query('SELECT FROM item WHERE due_at <= now()');
    expect(left).toHaveLength(8);
  });

  it('takes a row over when the lease of a worker that died is over', async () => {
    await due(1);
    expect(await items.claim(1, 100)).toHaveLength(1);
    expect(await items.claim(1, 100)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await items.claimOne(1, 100)).toMatchObject({ id: 1, tries: 2 });
  });

  it('keeps the order of rows about one subject, and waits for those that must be spaced', async () => {
    await due(1, 2, 3, 4);
    await world.database.query('UPDATE item SET subject = 1 WHERE id IN (1, 2)');
    await world.database.query('UPDATE item SET pace = 1 WHERE id IN (3, 4)');
    const seen: number[] = [];
    const handle = (row: { id: number }) => (seen.push(row.id), finish(row));
    const startedAt = performance.now();
    expect(await items.drain({ leaseMs: 60_000, lanes: 1, handle })).toBe(3);
    expect(seen).toEqual([1, 3, 4]);
    expect(performance.now() - startedAt).toBeGreaterThan(250);
  });
});
