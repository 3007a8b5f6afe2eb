import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROBLEMS } from '../../src/platform/problem.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ refundWindowDays: 7 });
});
afterAll(() => world.close());

describe('a problem', () => {
  it('says the same in message as in detail, and leads to a page about it', async () => {
    const { body, headers } = await world.api.get('/v1/plans/77');
    expect(body).toMatchObject({
      code: 'PLAN_NOT_FOUND',
      status: 404,
      detail: '요금제를 찾을 수 없습니다.',
      message: '요금제를 찾을 수 없습니다.',
    });
    expect(headers.get('content-type')).toContain('application/problem+json');
    const page = await fetch(new URL(body.type, `${world.api.url}/v1/plans/77`));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('PLAN_NOT_FOUND');
  });

  it('of a refund that comes too late names the days', async () => {
    const operator = await world.api.as('op', 'operator');
    const buyer = await world.api.as('late');
    const order = await buyer.order(1);
    await buyer.confirm(order, await world.simulator.authenticate(order));
    await world.clock.advance('P8D');
    const refund = (language: string) =>
      operator.post('/v1/refunds', { orderId: order.orderId, reason: '늦은 환불' }, { 'Accept-Language': language });
    expect((await refund('ko')).body).toMatchObject({
      status: 400,
      code: 'REFUND_WINDOW_CLOSED',
      refundWindowDays: 7,
      message: '결제 후 7일 이내에만 환불할 수 있습니다.',
    });
    expect((await refund('en')).body.detail).toBe('A refund is possible for 7 days after the payment.');
    // Kept under its idempotency key, it says the same again.
    const again = () =>
      operator.post(
        '/v1/refunds',
        { orderId: order.orderId, reason: '늦은 환불' },
        { 'Idempotency-Key': 'late-refund' },
      );
    expect([(await again()).body.detail, (await again()).body.detail]).toEqual([
      '결제 후 7일 이내에만 환불할 수 있습니다.',
      '결제 후 7일 이내에만 환불할 수 있습니다.',
    ]);
  });
});

describe('the pages about problems', () => {
  const page = (path: string, language = 'ko') =>
    fetch(world.api.url + path, { headers: { 'Accept-Language': language } });

  it.each(Object.entries(PROBLEMS))('%s is explained in both languages, with what to do', async (code, { status }) => {
    const answer = await page(`/problems/${code}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await answer.text();
    expect(html).toContain(code);
    expect(html).toContain(String(status));
    expect(html).toMatch(/해결 방법<\/h3>\s*<p>[^<]{8,}/);
    expect(html).toMatch(/What to do<\/h3>\s*<p>[^<]{8,}/);
    expect(html).not.toMatch(/[{}]refundWindowDays|undefined/);
  });

  it('begin with the language that the reader asks for, and run no script', async () => {
    const english = await page('/problems/REFUND_WINDOW_CLOSED', 'en-US,en;q=0.9');
    const html = await english.text();
    expect(html).toContain('<html lang="en">');
    expect(html.indexOf('What to do')).toBeLessThan(html.indexOf('해결 방법'));
    expect(html).toContain('7 days');
    expect(english.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).not.toContain('<script');
  });

  it('are listed in one place; of what is no code there is none', async () => {
    const list = await (await page('/problems')).text();
    for (const code of Object.keys(PROBLEMS)) expect(list).toContain(`href="/problems/${code}"`);
    for (const code of ['NOTHING', 'constructor', '%3Cscript%3E'])
      expect((await page(`/problems/${code}`)).status).toBe(404);
  });
});
