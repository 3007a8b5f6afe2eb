/** Orders a plan and pays it. The response is lost first, so that the unknown outcome can be seen. */
export async function takeCheckoutScreens({ page, press, take, takeNow }, { home }) {
  await page.goto(home);
  await page.getByRole('button', { name: '주문하기' }).waitFor();
  await take('checkout-plans');
  await press('주문하기');
  await page.getByRole('group', { name: '결제 방법' }).waitFor();
  await take('checkout-payment', 720);
  await page.getByText('샌드박스 ·').click();
  await press('응답 유실');
  await page.getByText('2건 대기').waitFor();
  await press(/원 결제하기/);
  await press('결제하기');
  await page.getByRole('heading', { name: '결제 결과를 확인 중입니다' }).waitFor();
  await takeNow('checkout-unknown');
  await page.getByText('샌드박스 ·').click();
  await page.getByRole('heading', { name: '결제가 완료되었습니다' }).waitFor();
  await take('checkout-success');
}

export async function takeVirtualAccountScreen({ page, press, take }, { home }) {
  await page.goto(home);
  await page.getByText('이벤트', { exact: true }).click();
  await press('주문하기');
  await page.getByText('가상계좌').click();
  await press(/원 결제하기/);
  await press('결제하기');
  await page.getByRole('heading', { name: '아래 계좌로 입금해 주세요' }).waitFor();
  await take('checkout-virtual-account');
}
