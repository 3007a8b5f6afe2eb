import { call, tokenFor } from './call.mjs';

export async function takeMyPageScreens({ page, press, take }, newPage, { home }) {
  await page.goto(`${home}/me`);
  await press('요금제 변경');
  await page.getByText('지금 바로 프리미엄으로 변경됩니다.').waitFor();
  await take('me-change');
  await page.goto(`${home}/me`);
  await page.getByRole('table').waitFor();
  await take('me');
  await takePastDueScreen(await newPage(), home);
  await takeCardScreens(await newPage(), home);
}

async function takePastDueScreen({ page, take }, home) {
  const operator = await tokenFor(home, 'operator-minseo', 'operator');
  const { data } = await call(`${home}/v1/subscriptions?status=PAST_DUE`, undefined, operator);
  const token = await tokenFor(home, data[0].userId);
  await page.goto(`${home}/me`);
  await page.evaluate((given) => sessionStorage.setItem('gudok.token.shop', given), token);
  await page.goto(`${home}/me`);
  await page.getByRole('button', { name: '다른 카드 등록하고 결제' }).waitFor();
  await take('me-past-due', 900);
}

async function takeCardScreens({ page, take }, home) {
  await page.goto(`${home}/me`);
  await page.getByRole('button', { name: '고객으로 시작' }).click();
  await page.getByRole('button', { name: '카드 등록' }).click();
  await page.getByRole('button', { name: '등록하기', exact: true }).click();
  await page.getByText('카드를 등록했습니다.').waitFor();
  await take('me-card');
  await page.goto(home);
  await page.getByRole('button', { name: /로 구독/ }).click();
  await page.getByRole('button', { name: /결제하고 구독/ }).waitFor();
  await take('checkout-card');
}
