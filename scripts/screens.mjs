// npm run screens: photographs every page into docs/screens, with a month of made-up business behind it. Needs a Chromium.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

prepare();
const { chromium } = await import('playwright-core');

const folder = join(root, 'docs', 'screens');
const dataDir = mkdtempSync(join(tmpdir(), 'gudok-screens-'));
mkdirSync(folder, { recursive: true });
const program = spawn(node, [join(root, 'dist', 'src', 'main.js')], {
  env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir },
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const ended = new Promise((resolve) => program.once('exit', resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const { home, simulator } = await addresses();
  const stories = await aMonth(home, simulator);
  await photographs(home, stories);
} finally {
  await browser.close();
  program.kill('SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}

function addresses() {
  return new Promise((resolve) => {
    let said = '';
    program.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const [, port] = /health\s+http:\/\/localhost:(\d+)/.exec(said) ?? [];
      const [, simulator] = /simulator\s+(http:\S+)\/_books/.exec(said) ?? [];
      if (port && simulator) resolve({ home: `http://127.0.0.1:${port}`, simulator });
    });
  });
}

async function call(url, body, token) {
  const answer = await fetch(url, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(token && { Authorization: `Bearer ${token}` }),
    },
  });
  return answer.json();
}

/** Buyers, a decline now and then, a refund a week: enough for every page to have something to show. */
async function aMonth(home, simulator) {
  const token = async (userId, role = 'customer') => (await call(`${home}/v1/sandbox/tokens`, { userId, role })).token;
  const operator = await token('operator-minseo', 'operator');
  const buy = async (userId, planId, { code, kind, amount } = {}) => {
    const buyer = await token(userId);
    const order = await call(`${home}/v1/temp-orders`, { planId, ...(amount && { amount }) }, buyer);
    for (const fault of [code && { kind: 'decline', code }, kind && { kind, times: 2 }].filter(Boolean))
      await call(`${simulator}/_faults`, { on: 'confirm', orderId: order.orderId, ...fault });
    const pay = async () => {
      const { paymentKey } = await call(`${simulator}/_payments`, { orderId: order.orderId, amount: order.amount });
      await call(`${home}/v1/payments/confirm`, { orderId: order.orderId, amount: order.amount, paymentKey }, buyer);
    };
    await pay();
    if (code) await pay();
    return order.orderId;
  };
  await call(`${home}/v1/sandbox/clock`, { set: new Date(Date.now() - 24 * 86_400_000).toISOString() });
  // Trials with a card on file that end today; the first card that is charged says no.
  let charged;
  for (const [index, userId] of ['kim-jiwoo', 'lee-doyun', 'park-seoyeon', 'choi-hana'].entries()) {
    const buyer = await token(userId);
    const { customerKey } = await call(`${home}/v1/billing-keys/registration`, undefined, buyer);
    const { authKey } = await call(`${simulator}/_billing_auths`, {
      customerKey,
      issuerCode: ['41', '71', '51', '61'][index],
    });
    const { id: billingKeyId } = await call(`${home}/v1/billing-keys`, { authKey, customerKey }, buyer);
    const { subscription } = await call(
      `${home}/v1/subscriptions`,
      { planId: 1 + (index % 2), billingKeyId, trialDays: 24 },
      buyer,
    );
    await call(
      `${home}/v1/subscriptions/${subscription.id}/consents`,
      { textVersion: '2026-11', channel: 'web' },
      buyer,
    );
    charged ??= {
      userId,
      day: new Date(Date.parse(subscription.nextChargeAt) + 9 * 3_600_000).toISOString().slice(0, 10),
    };
  }
  await call(`${simulator}/_faults`, { on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
  let refunded;
  for (let day = 0; day < 24; day += 1) {
    for (let buyer = 0; buyer <= (day * 7) % 4; buyer += 1) {
      const code =
        (day + buyer) % 5 === 0
          ? ['REJECT_CARD_PAYMENT', 'REJECT_CARD_COMPANY', 'INVALID_CARD_EXPIRATION'][day % 3]
          : undefined;
      const orderId = await buy(`user-${day}-${buyer}`, buyer % 3 === 1 ? 2 : 1, { code });
      if (day % 6 === 3 && buyer === 0) {
        await call(`${home}/v1/refunds`, { orderId, reason: '고객 요청' }, operator);
        refunded = orderId;
      }
    }
    await call(`${home}/v1/sandbox/clock`, { advance: 'P1D' });
  }
  await call(`${home}/v1/sandbox/clock`, { reset: true });
  await call(`${simulator}/_faults`, { on: 'get', kind: 'error_before', times: 0 });
  const unknown = await buy('user-waiting', 1, { kind: 'drop_after' });
  return { refunded, unknown, simulator, charged };
}

async function photographs(home, { refunded, unknown, simulator, charged }) {
  const context = async (more) => {
    const made = await browser.newContext({ viewport: { width: 960, height: 640 }, locale: 'ko-KR', ...more });
    await made.addInitScript(() => {
      // Folded, so that the pages are seen.
      if (!sessionStorage.getItem('gudok.sandbox.open')) sessionStorage.setItem('gudok.sandbox.open', 'false');
    });
    return made.newPage();
  };
  const page = await context();
  const take = async (name, of = page) => {
    await of.locator('.loading').first().waitFor({ state: 'detached' });
    await of.waitForTimeout(300);
    await of.screenshot({ path: join(folder, `${name}.png`) });
  };
  const press = (name) => page.getByRole('button', { name }).first().click();

  // The unknown one first, while Toss is still out of order.
  await page.goto(`${home}/console`);
  await press('관리자로 시작');
  await page.getByRole('table').waitFor();
  await take('console-find');
  await page.goto(`${home}/console/work`);
  await page.getByRole('table').first().waitFor();
  await take('console-work');
  await fetch(`${simulator}/_faults`, { method: 'DELETE' });
  await page.goto(`${home}/console/payments/${unknown}`);
  await page.getByText('결제 완료').first().waitFor();
  await page.goto(`${home}/console/payments/${refunded}`);
  await page.getByText('refund.request').first().waitFor();
  await page.setViewportSize({ width: 960, height: 1000 });
  await take('console-payment');
  await page.setViewportSize({ width: 960, height: 640 });
  await page.goto(`${home}/console/payments/${unknown}`);
  await press('환불하기');
  await page.getByLabel('환불 사유').fill('중복 결제');
  await take('console-refund');
  await page.goto(`${home}/console/figures`);
  await page.getByRole('img').first().waitFor();
  await page.setViewportSize({ width: 960, height: 1250 });
  await take('console-figures');
  await page.goto(`${home}/console/renewals`);
  await page.getByLabel('날짜').fill(charged.day);
  await page.getByText('REJECT_CARD_PAYMENT').first().waitFor();
  await page.setViewportSize({ width: 960, height: 1000 });
  await take('console-renewals');
  await page.setViewportSize({ width: 960, height: 640 });
  for (const name of ['webhooks', 'messages', 'books', 'audit', 'plans', 'jobs']) {
    await page.goto(`${home}/console/${name}`);
    await take(`console-${name}`);
  }

  await page.goto(home);
  await page.getByRole('button', { name: '주문하기' }).waitFor();
  await take('checkout-plans');
  await press('주문하기');
  await page.getByRole('group', { name: '결제 방법' }).waitFor();
  await page.setViewportSize({ width: 960, height: 720 });
  await take('checkout-payment');
  await page.setViewportSize({ width: 960, height: 640 });
  await page.getByText('샌드박스 ·').click();
  await press('응답 유실');
  await page.getByText('2건 대기').waitFor();
  await press(/원 결제하기/);
  await press('결제하기');
  await page.getByRole('heading', { name: '결제 결과를 확인 중입니다' }).waitFor();
  await page.screenshot({ path: join(folder, 'checkout-unknown.png') });
  await page.getByText('샌드박스 ·').click();
  await page.getByRole('heading', { name: '결제가 완료되었습니다' }).waitFor();
  await take('checkout-success');
  await page.goto(`${home}/me`);
  await press('요금제 변경');
  await page.getByText('지금 바로 바뀝니다.').waitFor();
  await take('me-change');
  await page.goto(`${home}/me`);
  await page.getByRole('table').waitFor();
  await take('me');
  const late = (
    await (
      await fetch(`${home}/v1/subscriptions?status=PAST_DUE`, {
        headers: {
          Authorization: `Bearer ${(await call(`${home}/v1/sandbox/tokens`, { userId: 'operator-minseo', role: 'operator' })).token}`,
        },
      })
    ).json()
  ).data[0];
  const { token } = await call(`${home}/v1/sandbox/tokens`, { userId: late.userId });
  const buyer = await context();
  await buyer.goto(`${home}/me`);
  await buyer.evaluate((given) => sessionStorage.setItem('gudok.token.shop', given), token);
  await buyer.goto(`${home}/me`);
  await buyer.setViewportSize({ width: 960, height: 900 });
  await buyer.getByRole('button', { name: '다른 카드 등록하고 결제' }).waitFor();
  await take('me-past-due', buyer);
  const newcomer = await context();
  await newcomer.goto(`${home}/me`);
  await newcomer.getByRole('button', { name: '고객으로 시작' }).click();
  await newcomer.getByRole('button', { name: '카드 등록' }).click();
  await newcomer.getByRole('button', { name: '등록하기', exact: true }).click();
  await newcomer.getByText('카드를 등록했습니다.').waitFor();
  await take('me-card', newcomer);
  await newcomer.goto(home);
  await newcomer.getByRole('button', { name: /로 구독/ }).click();
  await newcomer.getByRole('button', { name: /결제하고 구독/ }).waitFor();
  await take('checkout-card', newcomer);
  await page.goto(`${home}/order-fail?code=PAYMENT_DECLINED&tossCode=REJECT_CARD_PAYMENT`);
  await take('checkout-fail');

  await page.goto(home);
  await page.getByText('이벤트', { exact: true }).click();
  await press('주문하기');
  await page.getByText('가상계좌').click();
  await press(/원 결제하기/);
  await press('결제하기');
  await page.getByRole('heading', { name: '아래 계좌로 입금해 주세요' }).waitFor();
  await take('checkout-virtual-account');

  const phone = await context({
    viewport: { width: 375, height: 720 },
    isMobile: true,
    hasTouch: true,
    colorScheme: 'dark',
  });
  await phone.goto(home);
  await phone.getByRole('button', { name: '주문하기' }).waitFor();
  await take('phone-dark', phone);
}
