import { afterEach, expect, it } from '@jest/globals';
import { expectBooksToAgree } from '../support/books.ts';
import { inBrowser } from '../support/browser.ts';
import { Subscribers } from '../support/subscribers.ts';

inBrowser('after the purchase', (stage) => {
  afterEach(() => expectBooksToAgree(stage.world));

  it('a buyer sees the cost of an upgrade, pays it, cancels and resumes', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    await buyer.pay();
    await buyer.reads('결제가 완료되었습니다');
    await buyer.follow('내 구독 보기');
    await buyer.press('요금제 변경');
    await buyer.sees('지금 바로 프리미엄으로 변경됩니다.');
    await buyer.press(/원 결제하고 변경/);
    await buyer.page.getByRole('group', { name: '결제 방법' }).waitFor();
    await buyer.sees('미사용 기간 차감');
    await buyer.pay();
    await buyer.sees(/프리미엄 이용 기간은/);
    await buyer.follow('내 구독 보기');
    await buyer.sees(/은 변경할 때 차감/);

    await buyer.press('구독 해지');
    await buyer.page.getByRole('alertdialog').getByRole('button', { name: '해지하기' }).click();
    await buyer.sees('해지 예약');
    await buyer.press('해지 되돌리기');
    await buyer.page.getByRole('button', { name: '구독 해지' }).waitFor();

    // A cheaper plan costs nothing now and waits for the period's end.
    await buyer.press('요금제 변경');
    await buyer.press('변경 예약');
    await buyer.sees(/부터 베이직으로 변경됩니다/);
    await buyer.press('변경 예약 취소');
    await buyer.page.getByText(/부터 베이직으로 변경됩니다/).waitFor({ state: 'detached' });
  });

  it('an order that the balance covers needs no payment window', async () => {
    const buyer = await stage.somebody();
    await buyer.order('베이직');
    await buyer.pay();
    await buyer.reads('결제가 완료되었습니다');
    const first = new URL(buyer.page.url()).searchParams.get('orderId');
    const [paid] = await stage.world.database.query<{ user_id: string }>(
      'SELECT user_id FROM payment WHERE order_id = $1',
      [first],
    );
    const api = await stage.world.api.as(paid!.user_id);
    const people = new Subscribers(stage.world, 'balance');
    await people.buy(api, 1);
    const { subscription } = await people.buy(api, 1);
    const admin = await stage.world.api.as('admin', 'admin');
    const plan = (
      await admin.post('/v1/plans', { type: 'PREMIUM', name: '두 달 묶음', price: 10_000, durationMonths: 2 })
    ).body;
    expect((await api.post(`/v1/subscriptions/${subscription.id}/change`, { planId: plan.id })).status).toBe(200);

    const { orderId, amount } = await api.order(plan.id);
    expect(amount).toBe(0);
    await buyer.goTo(`/?order=${orderId}`);
    await buyer.sees('보유 잔액 사용');
    await buyer.follow('잔액으로 결제하기');
    await buyer.reads('결제가 완료되었습니다');
    await buyer.sees(/두 달 묶음 이용 기간은/);
  });

  it('an operator finds a payment by user and card, sees its history and refunds it after a confirmation', async () => {
    const api = await stage.world.api.as('kim-jiwoo');
    const order = await api.order(1);
    const paymentKey = await stage.world.simulator.authenticate(order);
    await stage.world.simulator.fault({
      on: 'confirm',
      kind: 'decline',
      code: 'REJECT_CARD_COMPANY',
      orderId: order.orderId,
    });
    await api.confirm(order, paymentKey);
    await api.confirm(order, await stage.world.simulator.authenticate(order));

    const operator = await stage.somebody();
    await operator.startAs('운영자');
    for (const query of ['000*', paymentKey, 'kim-jiwoo']) {
      await operator.page.getByLabel(/주문번호, 사용자, 결제 키/).fill(query);
      await operator.press('검색');
      await operator.page.waitForURL((url) => url.searchParams.get('q') === query);
      await operator.sees(order.orderId);
    }
    await operator.follow('베이직');
    await operator.sees('REJECT_CARD_COMPANY');
    await operator.sees('2번째 시도');

    await operator.press('환불하기');
    const dialog = operator.page.getByRole('alertdialog');
    await dialog.getByText('구독이 바로 끝납니다.').waitFor();
    await dialog.getByLabel('환불 사유').fill('고객 요청');
    await dialog.getByRole('button', { name: '다음' }).click();
    // The first press only asks for a confirmation.
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('SUCCESS');
    await dialog.getByRole('button', { name: '9,900원 환불' }).click();
    await dialog.getByText('환불했습니다.').waitFor();
    await dialog.getByRole('button', { name: '닫기' }).click();
    await operator.sees('환불 완료');
    await operator.sees('refund.request');
    expect((await api.get('/v1/subscriptions/me')).status).toBe(404);

    await operator.follow('통계');
    await operator.page.getByRole('img', { name: /환불 9,900원/ }).waitFor();
    await operator.sees('REJECT_CARD_COMPANY');
  });

  it('a refund whose response was lost is in the work queue until its outcome is known', async () => {
    const { world } = stage;
    const api = await world.api.as('lee-doyun');
    const order = await api.order(1);
    await api.confirm(order, await world.simulator.authenticate(order));
    for (const fault of [
      { on: 'cancel', kind: 'drop_before', times: 2 },
      { on: 'get', kind: 'error_before', times: 2 },
    ])
      await world.simulator.fault({ ...fault, orderId: order.orderId });
    const desk = await world.api.as('desk', 'operator');
    expect((await desk.post('/v1/refunds', { orderId: order.orderId, reason: '유실된 환불' })).status).toBe(202);

    const operator = await stage.somebody();
    await operator.startAs('운영자', '/console/work');
    await operator.sees('유실된 환불');
    await world.simulator.clearFaults();
    await world.api.post('/v1/sandbox/clock', { advance: 'PT2M' });
    await operator.page.reload();
    await operator.sees('결과를 모르는 환불이 없습니다.');
    expect((await api.get(`/v1/payments/${order.orderId}`)).body.status).toBe('REFUNDED');
  });

  it('a partial refund of a paid virtual account asks for the buyer’s bank account', async () => {
    const api = await stage.world.api.as('park-seoyeon');
    const order = await api.order(1);
    await api.confirm(order, await stage.world.simulator.authenticate(order, { method: '가상계좌' }));
    await stage.world.simulator.deposit(order.orderId);
    const operator = await stage.somebody();
    await operator.startAs('운영자', `/console/payments/${order.orderId}`);
    await operator.sees('결제 완료');
    await operator.press('환불하기');
    const dialog = operator.page.getByRole('alertdialog');
    await dialog.getByLabel('환불 금액 (원)').fill('5000');
    await dialog.getByLabel('환불 사유').fill('부분 환불');
    await dialog.getByLabel('은행').fill('신한은행');
    await dialog.getByLabel('계좌번호').fill('110-123-456789');
    await dialog.getByLabel('예금주').fill('박서연');
    await dialog.getByRole('button', { name: '다음' }).click();
    await dialog.getByRole('button', { name: '5,000원 환불' }).click();
    await dialog.getByText('환불했습니다.').waitFor();
    await dialog.getByRole('button', { name: '닫기' }).click();
    await operator.sees('일부 환불');
    expect((await api.get(`/v1/payments/${order.orderId}`)).body).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      refundedAmount: 5000,
    });
  });

  it('a plan that an admin changes is shown to the next buyer', async () => {
    const admin = await stage.somebody();
    await admin.startAs('관리자', '/console/plans');
    await admin.press('프리미엄 수정');
    await admin.page.getByLabel('가격 (원)').fill('20900');
    await admin.press('저장');
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
    await admin.goTo('/');
    await admin.sees('20,900원');
  });

  it('a customer has no access to the console', async () => {
    const customer = await stage.somebody();
    await customer.startAs('고객', '/me');
    const token = await customer.page.evaluate<string>(`sessionStorage.getItem('gudok.token.shop')`);
    await customer.goTo('/console');
    await customer.sees('토큰으로 로그인');
    await customer.page.getByText('토큰으로 로그인', { exact: true }).click();
    await customer.page.getByRole('textbox', { name: /토큰/ }).fill(token);
    await customer.press('이 토큰으로 로그인');
    await customer.sees('이 화면은 운영자만 볼 수 있습니다. 운영자로 로그인해 주세요.');
  });
});
