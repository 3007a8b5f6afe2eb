import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { JobRegistry } from '../../src/platform/jobs/index.ts';
import { inBrowser, type Person } from '../support/browser.ts';
import { eventually } from '../support/world.ts';

const WEB = join(import.meta.dirname, '../../dist/web');
const CHECKOUT_AT_MOST_BYTES = 150_000;

it('the checkout’s scripts stay below 150 kB compressed, the provider’s own not counted', () => {
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
  expect(bytes).toBeLessThan(CHECKOUT_AT_MOST_BYTES);
});

inBrowser('every page', (stage) => {
  const open = async (person: Person, path: string) => {
    await person.goTo(path);
    await person.page.getByRole('heading', { level: 1 }).waitFor();
    // What is still loading has shown its state; what counts is what comes after it.
    await person.page.locator('.loading').first().waitFor({ state: 'detached' });
  };

  it('is served with a policy that lets in no script but ours and the provider’s, and its assets for ever', async () => {
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

  // In the dark nothing differs but the colours.
  it.each([
    ['light', undefined],
    ['dark', ['color-contrast']],
  ] as const)('keeps nobody out (%s)', async (colorScheme, only) => {
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
    await buyer.page.evaluate(
      `sessionStorage.setItem('gudok.token.shop', ${JSON.stringify((await world.api.post('/v1/sandbox/tokens', { userId: `subscriber-${colorScheme}` })).body.token)})`,
    );
    await open(buyer, '/me');
    await buyer.press('요금제 변경');
    await buyer.sees('지금 바로 바뀝니다.');
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

  it('of the jobs has every job there is', async () => {
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
    // This browser could: it is the key that is missing.
    expect(await buyer.page.evaluate(`'PaymentRequest' in window`)).toBe(true);
    expect((await stage.world.api.get('/v1/checkout-config')).body.paymentRequest).toBeNull();
    expect(await buyer.page.getByRole('button', { name: '한 번에 결제하기' }).count()).toBe(0);
  });

  it('that lists what waits for a person lets them deal with it: a difference, a webhook', async () => {
    const { world } = stage;
    // Somebody takes money at Toss past the program, and Toss tells of it.
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
    await operator.press('해결함');
    await operator.page.getByLabel('어떻게 해결했나요').fill('토스에서 환불');
    await operator.page.getByLabel('사유').fill('테스트 결제였음');
    await operator.press('해결로 기록');
    await operator.sees('남은 대사 차이가 없습니다.');
    await operator.follow('대사');
    await operator.sees('장부 점검');
    await operator.follow('웹훅');
    await operator.page.getByLabel('상태').selectOption('해당 없음');
    await operator.press(/다시 처리$/);
    await operator.sees('다시 처리했습니다.');

    // Toss does not answer about an order of ours: the operator ends the event with a reason.
    const api = await world.api.as('webhook-of-nobody');
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

  it('says in the API’s words what went wrong, with the request’s name', async () => {
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
