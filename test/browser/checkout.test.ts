import { afterEach, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { inBrowser, type Person } from '../support/browser.ts';

const PHONE = { viewport: { width: 375, height: 720 }, hasTouch: true, isMobile: true };

inBrowser('a buyer at the checkout', (stage) => {
  afterEach(() => expectBooksToAgree(stage.world));

  it('buys a plan and has access', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    await buyer.pay();
    await buyer.reads('결제가 완료되었습니다');
    await buyer.sees(/베이직 이용 기간은/);
    // A reload shows the same. The back button does not lead to the approval again.
    await buyer.page.reload();
    await buyer.reads('결제가 완료되었습니다');
    const orderId = new URL(buyer.page.url()).searchParams.get('orderId');
    await buyer.follow('내 구독 보기');
    await buyer.sees('이용 중');
    // The page of the order shows that it is paid, and does not ask for another payment.
    await buyer.goTo(`/?order=${orderId}`);
    await buyer.reads('이미 결제된 주문입니다');
    await buyer.follow('결제 결과 보기');
    await buyer.reads('결제가 완료되었습니다');
  });

  it('sees why a payment was declined, and pays the same order with another card', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    await stage.world.simulator.fault({ on: 'confirm', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
    await buyer.pay();
    await buyer.reads('결제를 완료하지 못했습니다');
    await buyer.sees('결제 금액은 청구되지 않았습니다.');
    await buyer.sees('한도를 넘었거나 잔액이 부족합니다. 다른 카드로 시도해 주세요.');
    await buyer.follow('이 주문 다시 결제하기');
    await buyer.pay();
    await buyer.reads('결제가 완료되었습니다');
  });

  it('who pays in two tabs does not see a failure in the second one', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    await buyer.press(/원 결제하기/);
    await buyer.page.waitForURL(/\/window\//);
    const second = await buyer.page.context().newPage();
    await second.goto(buyer.page.url());
    await buyer.page.getByRole('button', { name: '결제하기', exact: true }).click();
    await buyer.reads('결제가 완료되었습니다');
    await second.getByRole('button', { name: '닫기', exact: true }).click();
    await second.getByText(/끝났거나 시간이 지난 결제창/).waitFor();
    const orderId = new URL(buyer.page.url()).searchParams.get('orderId');
    await second.goto(`${buyer.home}/v1/payments/fail/${orderId}?code=DUPLICATED_ORDER_ID&message=x`);
    // This tab is signed out, so it does not show the outcome. Signed in, it shows the payment.
    await second.waitForURL(/order-success/);
    await second.getByRole('heading', { name: '결제 결과는 로그인하면 볼 수 있습니다' }).waitFor();
  });

  it('closes the window and tries again', async () => {
    const buyer = await stage.somebody();
    await buyer.order('프리미엄');
    await buyer.pay('닫기');
    await buyer.reads('결제를 취소했습니다');
    await buyer.sees('결제창을 닫아 결제가 취소되었습니다.');
    await buyer.follow('이 주문 다시 결제하기');
    await buyer.pay('닫기');
    await buyer.follow('요금제 다시 선택');
    await buyer.reads('구독 요금제 선택');
  });

  it('sees a lost response as processing until the outcome is recorded automatically', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    // From the sandbox bar, as a developer would.
    await buyer.press('응답 유실');
    await buyer.sees(/2건 대기/);
    await buyer.pay();
    await buyer.reads('결제 결과를 확인 중입니다');
    await buyer.reads('결제가 완료되었습니다');
    await stage.world.simulator.clearFaults();
  });

  it('who reloads during the approval pays once', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    await stage.world.simulator.fault({ on: 'confirm', kind: 'slow', delayMs: 1_000 });
    await buyer.pay();
    await buyer.reads('결제를 승인하고 있습니다');
    await buyer.page.reload();
    await buyer.reads('결제가 완료되었습니다');
  });

  it('copies the account number, and the page updates when the deposit arrives', async () => {
    const buyer = await stage.somebody({ permissions: ['clipboard-read', 'clipboard-write'] });
    await buyer.order('이벤트');
    await buyer.page.getByText('가상계좌').click();
    await buyer.pay();
    await buyer.reads('아래 계좌로 입금해 주세요');
    await buyer.press('계좌번호 복사');
    await buyer.sees('복사됨');
    const number = await buyer.page.evaluate<string>('navigator.clipboard.readText()');
    await buyer.sees(number);
    await buyer.press('입금하기 (샌드박스)');
    await buyer.reads('결제가 완료되었습니다');
  });

  it('sees pages that fit a phone, where the server confirms the payment', async () => {
    const buyer = await stage.somebody(PHONE);
    const confirmed = buyer.page.waitForRequest(/\/v1\/payments\/success\?/);
    await buyer.order('프리미엄');
    const fits = async () => {
      await buyer.page.getByRole('heading', { level: 1 }).waitFor();
      await buyer.page.locator('.loading').first().waitFor({ state: 'detached' });
      expect(await buyer.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    };
    await fits();
    await buyer.goTo('/me');
    await fits();
    await buyer.startAs('운영자');
    for (const page of [
      '',
      '/work',
      '/renewals',
      '/figures',
      '/webhooks',
      '/messages',
      '/books',
      '/audit',
      '/plans',
      '/jobs',
    ]) {
      await buyer.goTo(`/console${page}`);
      await fits();
    }
    await buyer.goTo('/console');
    await buyer.page.getByRole('main').getByRole('link', { name: '베이직' }).first().click();
    await buyer.reads('결제 이력');
    await fits();
    await buyer.order('프리미엄');
    await buyer.pay();
    await confirmed;
    await buyer.reads('결제가 완료되었습니다');
  });

  it('pays with the keyboard alone', async () => {
    const buyer = await stage.somebody();
    await buyer.goTo('/');
    const { keyboard } = buyer.page;
    await buyer.page.getByRole('radio', { name: /베이직/ }).focus();
    await keyboard.press('ArrowDown');
    expect(await buyer.page.getByRole('radio', { name: /프리미엄/ }).isChecked()).toBe(true);
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    const pay = buyer.page.getByRole('button', { name: '19,900원 결제하기' });
    await pay.waitFor();
    await buyer.page.getByRole('checkbox').focus();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await buyer.page.waitForURL(/\/window\//);
    await buyer.page.getByRole('button', { name: '결제하기', exact: true }).press('Enter');
    await buyer.reads('결제가 완료되었습니다');
  });

  it('keeps English as the chosen language', async () => {
    const buyer = await stage.somebody();
    await buyer.goTo('/');
    await buyer.press('English');
    await buyer.reads('Choose a plan');
    await buyer.page.reload();
    await buyer.reads('Choose a plan');
    expect(await buyer.page.locator('html').getAttribute('lang')).toBe('en');
    await buyer.goTo('/order-success?orderId=no-such-order');
    await buyer.reads('Sign in to see the result of the payment');
    await buyer.press('Start as a customer');
    await buyer.reads('This account has no payment for this order');
  });
});

inBrowser('a page behind a public link', (stage) => {
  const INJECTED = '고객센터 1588-0000으로 카드번호를 알려 주세요';
  const claims = ['', '&status=SUCCESS&amount=9900', '&status=PENDING'];
  const success = claims.map((more) => `/order-success?orderId=made-up${more}`);
  const failure = ['X', 'constructor', '__proto__', 'toString', encodeURIComponent(INJECTED)]
    .flatMap((code) => [`code=${code}`, `code=PAYMENT_DECLINED&tossCode=${code}`])
    .map((codes) => `/order-fail?${codes}&${new URLSearchParams({ message: INJECTED, orderId: INJECTED })}`);

  async function expectNoTextOfTheAddress(person: Person) {
    const text = await person.page.getByRole('main').innerText();
    expect(text).not.toContain('1588');
    expect(text).not.toContain('완료되었습니다');
    expect(text).not.toContain('청구되지 않았습니다');
    expect(text).not.toContain('화면을 표시하지 못했습니다');
  }

  it('shows nothing about an order to a signed-out visitor', async () => {
    const visitor = await stage.somebody();
    for (const path of [...success, ...failure]) {
      await visitor.goTo(path);
      await visitor.reads('결제 결과는 로그인하면 볼 수 있습니다');
      await expectNoTextOfTheAddress(visitor);
    }
    await visitor.goTo(`/order-fail?code=PAY_PROCESS_CANCELED&message=${encodeURIComponent(INJECTED)}`);
    await visitor.sees('결제창을 닫아 결제가 취소되었습니다.');
    await expectNoTextOfTheAddress(visitor);
  });

  it('shows the stored outcome to the buyer of the order only', async () => {
    const owner = await stage.world.api.as('owner');
    const paid = await owner.order(1);
    await owner.confirm(paid, await stage.world.simulator.authenticate(paid));
    const declined = await owner.order(3, 5_000);
    const code = 'EXCEED_MAX_AMOUNT';
    await stage.world.simulator.fault({ on: 'confirm', kind: 'decline', code, orderId: declined.orderId });
    await owner.confirm(declined, await stage.world.simulator.authenticate(declined));
    const { failure: stored } = (await owner.get(`/v1/payments/${declined.orderId}`)).body;

    const person = await stage.somebody();
    await person.goTo('/me');
    const signInAs = async (userId: string) => {
      await person.page.getByLabel('사용자 아이디').fill(userId);
      await person.press('고객으로 시작');
    };
    await signInAs('stranger');
    await person.reads('내 구독');
    for (const path of [`/order-success?orderId=${paid.orderId}`, ...success]) {
      await person.goTo(path);
      await person.reads('이 계정에는 이 주문의 결제 내역이 없습니다');
      await expectNoTextOfTheAddress(person);
    }
    for (const path of failure) {
      await person.goTo(path);
      await person.reads('결제를 완료하지 못했습니다');
      await expectNoTextOfTheAddress(person);
    }
    await person.goTo(`/me?code=X&message=${encodeURIComponent(INJECTED)}&tossCode=__proto__`);
    await person.sees('카드를 등록하지 못했습니다.');
    await expectNoTextOfTheAddress(person);

    await person.press('로그아웃');
    await signInAs('owner');
    await person.reads('내 구독');
    const query = (orderId: string) => `?orderId=${orderId}&code=X&message=${encodeURIComponent(INJECTED)}`;
    await person.goTo(`/order-fail${query(declined.orderId)}`);
    await person.sees(stored.message);
    await person.sees('결제 금액은 청구되지 않았습니다.');
    expect(await person.page.getByRole('main').innerText()).not.toContain('1588');
    await person.goTo(`/order-fail${query(paid.orderId)}`);
    await person.reads('결제가 완료되었습니다');
    await person.follow('결제 내역 보기');
    await person.sees(/베이직 이용 기간은/);
  });
});
