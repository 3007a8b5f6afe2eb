import type { Recorder } from '../snapshot/recorder.ts';

export async function walkCatalog({ step }: Recorder): Promise<void> {
  await step('the plans on sale', 'GET /v1/plans');
  await step('one plan', 'GET /v1/plans/1');
  await step('a plan that does not exist', 'GET /v1/plans/77');
  await step('a plan id in words', 'GET /v1/plans/first');
  const plan = { type: 'BASIC', name: '베이직 6개월', price: 49_000, durationMonths: 6 };
  await step('a new plan', 'POST /v1/plans', { as: 'admin', body: plan });
  await step('a new plan, by an operator', 'POST /v1/plans', { as: 'operator', body: plan });
  await step('a new plan without a name', 'POST /v1/plans', { as: 'admin', body: { ...plan, name: '' } });
  await step('another price', 'PATCH /v1/plans/4', { as: 'admin', body: { price: 52_000 } });
  await step('no longer on sale', 'PATCH /v1/plans/4', { as: 'admin', body: { isActive: false } });
  await step('a change of a plan that does not exist', 'PATCH /v1/plans/77', { as: 'admin', body: { price: 52_000 } });
  await step('what events have gathered', 'GET /v1/events');
}

export async function walkErrors({ step }: Recorder): Promise<void> {
  const body = { planId: 1 };
  await step('no token', 'POST /v1/temp-orders', { body });
  await step('a token that is none', 'POST /v1/temp-orders', { as: 'not-a-token', body });
  await step('a route that does not exist', 'GET /v1/nothing');
  await step('a body that is not JSON', 'POST /v1/temp-orders', { as: 'ann', body: '{"planId"' });
  await step('an empty body', 'POST /v1/temp-orders', { as: 'ann', body: {} });
  await step('a body in XML', 'POST /v1/temp-orders', {
    as: 'ann',
    body: '<order/>',
    headers: { 'Content-Type': 'application/xml' },
  });
  await step('a body that is too large', 'POST /v1/temp-orders', { as: 'ann', body: { padding: 'x'.repeat(70_000) } });
  await step('in English', 'GET /v1/plans/77', { headers: { 'Accept-Language': 'en' } });
  await step('an invented cursor', 'GET /v1/payments?cursor=x', { as: 'ann' });
  await step('a limit beyond the maximum', 'GET /v1/payments?limit=101', { as: 'ann' });
  await step('a request id of the caller', 'GET /v1/nothing', { headers: { 'X-Request-Id': 'order-4711' } });
}
