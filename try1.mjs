import { browser, open, shot } from './try.mjs';
const page = await open();
page.setDefaultTimeout(8000);
try {
await page.goto('http://localhost:3900/');
await page.getByRole('button', { name: '주문하기' }).waitFor();
await shot(page, '1-shop');
await page.getByRole('button', { name: '주문하기' }).click();
await page.getByRole('button', { name: /결제하기/ }).and(page.locator(':not([data-disabled])')).waitFor();
await shot(page, '2-pay');
await page.getByRole('button', { name: /원 결제하기/ }).click();
await page.waitForURL(/\/window\//);
await shot(page, '3-window');
await page.getByRole('button', { name: '결제하기' }).click();
await page.getByRole('heading', { name: /완료/ }).waitFor();
await shot(page, '4-success');
console.log(page.url());
await page.getByRole('link', { name: '내 구독 보기' }).click();
await page.getByRole('heading', { name: '결제 내역' }).waitFor();
await page.waitForTimeout(500);
await shot(page, '5-me');
await page.getByRole('button', { name: '요금제 변경' }).click();
await page.getByRole('button', { name: /결제하고 변경/ }).waitFor();
await shot(page, '6-change');
} catch (e) { console.log(e.message); await shot(page, 'error'); console.log(page.url()); }
await browser.close();
