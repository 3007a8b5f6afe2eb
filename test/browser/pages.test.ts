import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { JobRegistry } from '../../src/platform/jobs/index.ts';
import { inBrowser, type Person } from '../support/browser.ts';
import { eventually } from '../support/world.ts';

const WEB = join(import.meta.dirname, '../../dist/web');
const MAX_CHECKOUT_BYTES = 150_000;

it('the checkout’s own scripts stay below 150 kB compressed', () => {
  const manifest = JSON.parse(readFileSync(join(WEB, 'manifest.json'), 'utf8')) as Record<
    string,
    { file: string; imports?: string[]; isEntry?: boolean }
  >;
  const loaded = new Set<string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    manifest[name]!.imports?.forEach(load);
  };
  for (const name of [
    'index.html',
    ...['shop', 'approval', 'success', 'fail'].map((page) => `src/pages/checkout/${page}-page.tsx`),
  ])
    load(name);
  const bytes = [...loaded].reduce(
    (sum, name) => sum + readFileSync(join(WEB, `${manifest[name]!.file}.gz`)).length,
    0,
  );
  expect(bytes).toBeLessThan(MAX_CHECKOUT_BYTES);
});

inBrowser('every page', (stage) => {
  const open = async (person: Person, path: string) => {
    await person.goTo(path);
    await person.page.getByRole('heading', { level: 1 }).waitFor();
    // The page counts once it has loaded.
    await person.page.locator('.loading').first().waitFor({ state: 'detached' });
  };

  it('is served with a policy that allows only our scripts and the provider’s, and cacheable assets', async () => {
    const { world } = stage;
    const page = await world.api.get('/console/payments/anything');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain(`script-src 'self' ${world.simulator.url};`);
    expect(policy).not.toContain('unsafe');
    expect(
      Object.fromEntries(
        ['cache-control', 'cross-origin-opener-policy', 'x-content-type-options', 'referrer-policy'].map((name) => [
          name,
          page.headers.get(name),
        ]),
      ),
    ).toEqual({
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin-allow-popups',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
    });
    const [script] = /assets\/index-[\w-]+\.js/.exec(page.body)!;
    expect((await world.api.get(`/${script}`)).headers.get('cache-control')).toBe(
      'public, max-age=31536000, immutable',
    );
    for (const path of ['/assets/none.js', '/assets/..%2Findex.html', '/no-such-page', '/consoles']) {
      expect(await world.api.get(path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  // The dark scheme differs in its colours only.
  it.each([
    ['light', undefined],
    ['dark', ['color-contrast']],
  ] as const)('has no accessibility violations (%s)', async (colorScheme, only) => {
    const rules = only && [...only];
    const { world } = stage;
    const buyer = await stage.somebody({ colorScheme });
    await buyer.order('이벤트');
    expect(await buyer.barriers(rules)).toEqual([]);
    await buyer.page.getByText('가상계좌').click();
    await buyer.pay();
    await buyer.reads('아래 계좌로 입금해 주세요');
    expect(await buyer.barriers(rules)).toEqual([]);
    const orderId = new URL(buyer.page.url()).searchParams.get('orderId')!;
    for (const path of ['/', '/me', '/order-approval', '/order-fail?code=PAY_PROCESS_CANCELED', '/console']) {
      await open(buyer, path);
      expect(await buyer.barriers(rules)).toEqual([]);
    }
    const subscriber = await world.api.as(`subscriber-${colorScheme}`);
    const order = await subscriber.order(1);
    await subscriber.confirm(order, await world.simulator.authenticate(order));
    const { token } = (await world.api.post('/v1/sandbox/tokens', { userId: `subscriber-${colorScheme}` })).body;
    await buyer.page.evaluate(`sessionStorage.setItem('gudok.token.shop', ${JSON.stringify(token)})`);
    await open(buyer, '/me');
    await buyer.press('요금제 변경');
    await buyer.sees('지금 바로 프리미엄으로 변경됩니다.');
    expect(await buyer.barriers(rules)).toEqual([]);

    await buyer.startAs('관리자');
    for (const path of [
      '',
      '/work',
      '/renewals',
      '/webhooks',
      '/messages',
      '/books',
      '/audit',
      '/figures',
      '/plans',
      '/jobs',
      `/payments/${orderId}`,
      `/payments/${order.orderId}`,
    ]) {
      await open(buyer, `/console${path}`);
      expect(await buyer.barriers(rules)).toEqual([]);
    }
    await buyer.press('환불하기');
    await buyer.page.getByLabel('환불 사유').waitFor();
    expect(await buyer.barriers(rules)).toEqual([]);
  });

  it('lists every job on the page of the jobs', async () => {
    const operator = await stage.somebody();
    await operator.startAs('운영자', '/console/jobs');
    await open(operator, '/console/jobs');
    const shown = await operator.page.getByRole('listitem').getByRole('code').allTextContents();
    expect(shown.toSorted()).toEqual(
      stage.world.app
        .get(JobRegistry)
        .all.map(({ name }) => name)
        .toSorted(),
    );
    await operator.press('reconcile 지금 실행');
    await operator.sees(/건 처리했습니다/);
  });

  it('offers no one-tap payment where the provider gives no key for it', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    // The browser supports it. The key is missing.
    expect(await buyer.page.evaluate(`'PaymentRequest' in window`)).toBe(true);
    expect((await stage.world.api.get('/v1/checkout-config')).body.paymentRequest).toBeNull();
    expect(await buyer.page.getByRole('button', { name: '한 번에 결제하기' }).count()).toBe(0);
  });

  it('lets an operator resolve a difference and dismiss a webhook', async () => {
    const { world } = stage;
    // A payment is made at Toss without the program, and Toss sends a webhook about it.
    const elsewhere = { orderId: 'taken-elsewhere-1', amount: 5_000 };
    const paymentKey = await world.simulator.authenticate(elsewhere);
    const headers = {
      'Content-Type': 'application/json',
      Authorization: `Basic ${btoa(`${world.settings.tossSecretKey}:`)}`,
    };
    await fetch(`${world.simulator.url}/v1/payments/confirm`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...elsewhere, paymentKey }),
    });
    await world.api.post('/v1/sandbox/clock', { advance: 'P2D' });

    const operator = await stage.somebody();
    await operator.startAs('운영자', '/console/work');
    await operator.sees('우리 장부에 없음');
    await operator.press('해결');
    await operator.page.getByLabel('해결 방법').fill('토스에서 환불');
    await operator.page.getByLabel('사유').fill('테스트 결제였음');
    await operator.press('해결로 기록');
    await operator.sees('해결할 대사 불일치가 없습니다.');
    await operator.follow('대사');
    await operator.sees('장부 점검');
    await operator.follow('수신 웹훅');
    await operator.page.getByLabel('상태').selectOption('해당 없음');
    await operator.press(/다시 처리$/);
    await operator.sees('다시 처리했습니다.');

    // Toss does not respond about an order of ours: the operator dismisses the webhook with a reason.
    const api = await world.api.as('webhook-dismissed');
    const order = await api.order(1);
    await api.confirm(order, await world.simulator.authenticate(order));
    const staff = await world.api.as('staff', 'operator');
    const waiting = `/v1/webhook-events?orderId=${order.orderId}&status=PENDING`;
    await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId: order.orderId, times: 0 });
    const body = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId: order.orderId } };
    await world.api.post('/v1/webhooks/toss', body);
    await eventually('it to wait', async () => (await staff.get(waiting)).body.data.length > 0);
    await operator.page.goto(`${world.api.url}/console/webhooks`);
    await operator.page.getByLabel('상태').selectOption('처리 전');
    await operator.press(/무시하기$/);
    await operator.page.getByLabel('사유').fill('시험 전송');
    await operator.page.getByRole('alertdialog').getByRole('button', { name: '무시하기' }).click();
    await operator.page.getByLabel('상태').selectOption('무시함');
    await operator.sees('dismissed: 시험 전송');
    await world.simulator.clearFaults();
  });

  it('shows problems in the API’s words, with the request id', async () => {
    const operator = await stage.somebody();
    await operator.startAs('운영자', '/console/payments/no-such-order');
    await operator.sees('결제를 찾을 수 없습니다.');
    await operator.sees('PAYMENT_NOT_FOUND');
    await operator.page.route('**/v1/plans', (route) => route.abort());
    await operator.goTo('/console/plans');
    await operator.page.getByRole('alert').waitFor();
    await operator.page.unroute('**/v1/plans');
    await operator.press('다시 시도');
    await operator.sees('베이직');
  });
});
