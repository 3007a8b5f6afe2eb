import { join } from 'node:path';
import { takeCheckoutScreens, takeVirtualAccountScreen } from './checkout-screens.mjs';
import { takeConsoleScreens } from './console-screens.mjs';
import { takeMyPageScreens } from './my-page-screens.mjs';

const VIEWPORT = { width: 960, height: 640 };
const PHONE = {
  viewport: { width: 375, height: 720 },
  isMobile: true,
  hasTouch: true,
  colorScheme: 'dark',
};

/** Writes one picture per page. The console comes first, while the outcome of one payment is still unknown. */
export async function takeScreens({ browser, folder, ...sample }) {
  const newPage = async (options) => {
    const context = await browser.newContext({ viewport: VIEWPORT, locale: 'ko-KR', ...options });
    await context.addInitScript(() => {
      // The sandbox bar is collapsed, so that it does not cover the page.
      if (!sessionStorage.getItem('gudok.sandbox.open')) sessionStorage.setItem('gudok.sandbox.open', 'false');
    });
    return screenOf(await context.newPage(), folder);
  };
  const screen = await newPage();
  await takeConsoleScreens(screen, sample);
  await takeCheckoutScreens(screen, sample);
  await takeMyPageScreens(screen, newPage, sample);
  await screen.page.goto(`${sample.home}/order-fail?code=PAYMENT_DECLINED&tossCode=REJECT_CARD_PAYMENT`);
  await screen.take('checkout-fail');
  await takeVirtualAccountScreen(screen, sample);

  const phone = await newPage(PHONE);
  await phone.page.goto(sample.home);
  await phone.page.getByRole('button', { name: '주문하기' }).waitFor();
  await phone.take('phone-dark');
}

function screenOf(page, folder) {
  return {
    page,
    press: (name) => page.getByRole('button', { name }).first().click(),
    /** Takes a picture once everything is loaded, with another height of the window if given. */
    take: async (name, height = VIEWPORT.height) => {
      if (page.viewportSize().width === VIEWPORT.width) await page.setViewportSize({ ...VIEWPORT, height });
      await page.locator('.loading').first().waitFor({ state: 'detached' });
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    /** Takes a picture at once, of a state that does not last. */
    takeNow: (name) => page.screenshot({ path: join(folder, `${name}.png`) }),
  };
}
