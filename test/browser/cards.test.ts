import { afterEach, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { inBrowser, type Person } from '../support/browser.ts';

inBrowser('cards on file', (stage) => {
  afterEach(() => expectBooksToAgree(stage.world));

  /** Presses a button in the simulator's window. */
  const inWindow = async (person: Person, button: string, company?: string) => {
    await person.page.waitForURL(/\/window\//);
    if (company) await person.page.getByLabel('카드사').selectOption({ label: company });
    await person.page.getByRole('button', { name: button, exact: true }).click();
    await person.page.waitForURL(/\/me\?/);
  };
  const move = (clock: object) => stage.world.api.post('/v1/sandbox/clock', clock);
  const signIn = async (person: Person, userId: string) => {
    const { token } = (await stage.world.api.post('/v1/sandbox/tokens', { userId })).body;
    await person.goTo('/me');
    await person.page.evaluate(`sessionStorage.setItem('gudok.token.shop', ${JSON.stringify(token)})`);
    await person.goTo('/me');
  };

  it('shows a decline to the buyer, charges another card at once, and pauses renewals from the console', async () => {
    const { world } = stage;
    const api = await world.api.as('choi-hana');
    const billingKeyId = await api.putCardOnFile(world.simulator);
    expect((await api.post('/v1/subscriptions', { planId: 1, billingKeyId })).status).toBe(200);
    const { nextChargeAt } = (await api.get('/v1/subscriptions/me')).body;
    const day = new Date(Date.parse(nextChargeAt) + 9 * 3_600_000).toISOString().slice(0, 10);

    const operator = await stage.somebody();
    await operator.startAs('운영자', '/console/renewals');
    await operator.sees('자동 갱신 실행 중');
    await operator.page.getByLabel('날짜').fill(day);
    const row = operator.page.getByRole('row').filter({ hasText: 'choi-hana' });
    await row.getByText('예정').waitFor();
    await operator.press('자동 갱신 일시중지');
    const dialog = operator.page.getByRole('alertdialog');
    await dialog.getByLabel('사유').fill('카드사 점검');
    expect(await operator.barriers()).toEqual([]);
    await dialog.getByRole('button', { name: '모두 일시중지' }).click();
    await operator.sees('자동 갱신 일시중지됨');
    await operator.sees(/카드사 점검/);
    await operator.press('자동 갱신 다시 시작');
    await dialog.getByRole('button', { name: '다시 시작하기' }).click();
    await operator.sees('자동 갱신 실행 중');

    await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
    await move({ set: new Date(Date.parse(nextChargeAt) + 60_000).toISOString() });
    await operator.page.reload();
    await operator.page
      .getByRole('region', { name: '결제 연체 구독' })
      .getByRole('link', { name: 'choi-hana' })
      .waitFor();
    await row.getByText('REJECT_CARD_PAYMENT').waitFor();

    const buyer = await stage.somebody();
    await signIn(buyer, 'choi-hana');
    await buyer.sees('결제 연체');
    await buyer.sees('카드사가 결제를 거절해 이번 기간의 요금이 결제되지 않았습니다.');
    expect(await buyer.barriers()).toEqual([]);
    await buyer.press('다른 카드 등록하고 결제');
    await inWindow(buyer, '등록하기');
    await buyer.sees('이용 중');
    await operator.page.reload();
    await operator.sees('결제 연체 구독이 없습니다.');
    await row.getByText('결제됨').waitFor();
    expect(await operator.barriers()).toEqual([]);
  });

  it('a buyer registers a card, subscribes with it, replaces it and removes the old one', async () => {
    const buyer = await stage.somebody();
    await buyer.startAs('고객', '/me');
    await buyer.press('카드 등록');
    await inWindow(buyer, '닫기');
    await buyer.sees('등록 창을 닫아 카드를 등록하지 않았습니다.');
    await buyer.press('카드 등록');
    await inWindow(buyer, '등록하기');
    await buyer.sees('카드를 등록했습니다.');
    expect(await buyer.barriers()).toEqual([]);
    const card = await buyer.page
      .getByRole('region', { name: '등록 카드' })
      .getByRole('listitem')
      .locator('strong')
      .textContent();
    expect(card).toMatch(/카드.*\*/);

    await buyer.goTo('/');
    await buyer.page.getByText('베이직', { exact: true }).click();
    await buyer.press(`등록 카드로 구독 · ${card!}`);
    const sure = buyer.page.getByRole('alertdialog');
    await sure.getByText('한 달마다 자동으로').waitFor();
    expect(await buyer.barriers()).toEqual([]);
    // A decline is shown as for any other payment.
    await stage.world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
    await sure.getByRole('button', { name: '9,900원 결제하고 구독' }).click();
    await buyer.sees('한도를 넘었거나 잔액이 부족합니다. 다른 카드로 시도해 주세요.');
    await buyer.follow('요금제 다시 선택');
    await buyer.press(`등록 카드로 구독 · ${card!}`);
    await sure.getByRole('button', { name: '9,900원 결제하고 구독' }).click();
    await buyer.reads('결제가 완료되었습니다');
    await buyer.sees(/베이직 이용 기간은/);

    await buyer.follow('내 구독 보기');
    await buyer.sees('이용 중');
    await buyer.sees('다음 결제일');
    await buyer.page.getByRole('listitem').filter({ hasText: '자동 결제' }).waitFor();
    await buyer.press('다른 카드 등록');
    await inWindow(buyer, '등록하기', '신한카드');
    const renews = buyer.page.getByRole('listitem').filter({ hasText: '자동 결제' });
    await renews.getByText('신한카드').waitFor();
    await buyer.press(`${card!} 삭제`);
    await sure.getByRole('button', { name: '카드 삭제하기' }).click();
    await sure.waitFor({ state: 'detached' });
    await buyer.page.getByRole('button', { name: `${card!} 삭제` }).waitFor({ state: 'detached' });
    await renews.waitFor();
  });

  it('shows a lost response as processing until the outcome is recorded automatically', async () => {
    const { world } = stage;
    const api = await world.api.as('kang-yuna');
    await api.putCardOnFile(world.simulator);
    const buyer = await stage.somebody();
    await signIn(buyer, 'kang-yuna');
    await buyer.follow('요금제 선택');
    await buyer.press(/등록 카드로 구독/);
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'error_before', times: 0 });
    await buyer.page
      .getByRole('alertdialog')
      .getByRole('button', { name: /결제하고 구독/ })
      .click();
    await buyer.reads('결제 결과를 확인 중입니다');
    await world.simulator.clearFaults();
    await move({ advance: 'PT2M' });
    await buyer.reads('결제가 완료되었습니다');
    expect((await api.get('/v1/payments')).body.data).toMatchObject([{ status: 'SUCCESS', amount: 9_900 }]);
  });

  it('records the buyer’s consent to the first charge after a trial', async () => {
    const { world } = stage;
    const api = await world.api.as('jung-haneul');
    const billingKeyId = await api.putCardOnFile(world.simulator);
    expect((await api.post('/v1/subscriptions', { planId: 1, billingKeyId, trialDays: 7 })).status).toBe(200);
    const buyer = await stage.somebody({
      colorScheme: 'dark',
      viewport: { width: 375, height: 720 },
      isMobile: true,
      hasTouch: true,
    });
    await signIn(buyer, 'jung-haneul');
    await buyer.sees('무료 체험 중');
    await buyer.page.getByRole('button', { name: '다른 카드 등록' }).waitFor();
    expect(await buyer.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await buyer.barriers()).toEqual([]);
    await buyer.press('9,900원 결제에 동의합니다');
    await buyer.page.getByText(/처음 결제됩니다/).waitFor({ state: 'detached' });
    const { id } = (await api.get('/v1/subscriptions/me')).body;
    expect((await api.get(`/v1/subscriptions/${id}/consents`)).body).toEqual({ needed: null });
  });
});
