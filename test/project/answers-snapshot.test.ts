/**
 * One walk over every route, with what is answered on the way: status, headers and body, held against
 * test/fixtures/answers.json. `npm test -- --update-api` writes that file anew, after a change that an issue asks for.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Receiver, RECEIVER_SECRET } from '../support/receiver.ts';
import { differencesFromFixture } from '../support/snapshot/fixture.ts';
import { Recorder } from '../support/snapshot/recorder.ts';
import { day } from '../support/walk/acts.ts';
import { walkCatalog, walkErrors } from '../support/walk/catalog.ts';
import * as operations from '../support/walk/operations.ts';
import { walkConfirms, walkOrders, walkRedirects, walkUnknown } from '../support/walk/payments.ts';
import { walkSubscriptions, walkTrials } from '../support/walk/subscriptions.ts';
import { createWorld, type World } from '../support/world.ts';

const CUSTOMERS = 'ann bob cat dan eve fay gil hal ida jon kim lee max many'.split(' ');
/** Whole pages and lists of metrics: their content is not part of the contract. */
const READ_AS_TEXT = ['/metrics', '/docs', '/openapi.json'];

let world: World;
let receiver: Receiver;
let recorder: Recorder;

beforeAll(async () => {
  receiver = new Receiver();
  world = await createWorld({ outboundWebhook: { url: await receiver.listen(), secret: RECEIVER_SECRET } });
  recorder = new Recorder(world);
  for (const customer of CUSTOMERS) await recorder.user(customer);
  await recorder.user('operator', 'operator');
  await recorder.user('admin', 'admin');
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

it('every route answers as it did', async () => {
  await day(recorder, '2035-03-01');
  await walkCatalog(recorder);
  await walkErrors(recorder);
  await walkOrders(recorder);
  await day(recorder, '2035-03-02');
  await walkConfirms(recorder);
  await walkUnknown(recorder);
  await walkRedirects(recorder);
  await day(recorder, '2035-03-05');
  await walkSubscriptions(recorder);
  await day(recorder, '2035-03-15');
  await walkTrials(recorder);
  await day(recorder, '2035-04-02');
  await operations.walkRefunds(recorder);
  await day(recorder, '2035-04-09');
  await operations.walkRenewals(recorder);
  await operations.walkWebhooks(recorder);
  await operations.walkMessages(recorder);
  await operations.walkReports(recorder);
  await operations.walkSandbox(recorder);
  expect(differencesFromFixture('answers.json', recorder.steps)).toEqual([]);
}, 120_000);

it('every route refuses as it did: without a token, to a customer, with an empty body', async () => {
  const refusals: Record<string, Record<string, string>> = {};
  for (const { call, path } of await operationsOf(world)) {
    if (READ_AS_TEXT.includes(path)) continue;
    const request = /^(POST|PATCH)/.test(call) && { body: {} };
    refusals[call] = {
      'no token': await recorder.refusal(call, { ...request }),
      'a customer': await recorder.refusal(call, { as: 'ann', ...request }),
      'an operator': await recorder.refusal(call, { as: 'operator', ...request }),
    };
  }
  expect(differencesFromFixture('refusals.json', refusals)).toEqual([]);
}, 60_000);

it('measures what it measured', async () => {
  const { body } = await world.api.get<string>('/metrics');
  const types = body.split('\n').filter((line) => line.startsWith('# TYPE gudok_'));
  expect(differencesFromFixture('metrics.json', types.toSorted())).toEqual([]);
});

it('the walk leaves no route out', async () => {
  const walked = [...recorder.routes];
  const missed = (await operationsOf(world)).filter(({ pattern }) => !walked.some((route) => pattern.test(route)));
  expect(missed.map(({ call }) => call)).toEqual(['GET /metrics']);
});

/** Every operation that the program describes; ids in its path are of nothing that exists. */
async function operationsOf({ api }: World) {
  const { paths } = (await api.get('/openapi.json')).body;
  return Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => {
      const call = `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'none-such')}`;
      return { call, path, pattern: new RegExp(`^${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) };
    }),
  );
}
