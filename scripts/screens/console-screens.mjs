const OTHER_PAGES = ['webhooks', 'messages', 'books', 'audit', 'plans', 'jobs'];

export async function takeConsoleScreens(screen, { home, simulator, refundedOrderId, unknownOrderId, pastDueDay }) {
  const { page, press, take } = screen;
  await page.goto(`${home}/console`);
  await press('관리자로 시작');
  await page.getByRole('table').waitFor();
  await take('console-find');
  await page.goto(`${home}/console/work`);
  await page.getByRole('table').first().waitFor();
  await take('console-work');

  // From here on the simulator responds, so the unknown payment is recovered.
  await fetch(`${simulator}/_faults`, { method: 'DELETE' });
  await page.goto(`${home}/console/payments/${unknownOrderId}`);
  await page.getByText('결제 완료').first().waitFor();
  await takePaymentScreens(screen, { home, refundedOrderId, unknownOrderId });

  await page.goto(`${home}/console/figures`);
  await page.getByRole('img').first().waitFor();
  await take('console-figures', 1250);
  await page.goto(`${home}/console/renewals`);
  await page.getByLabel('날짜').fill(pastDueDay);
  await page.getByText('REJECT_CARD_PAYMENT').first().waitFor();
  await take('console-renewals', 1000);
  for (const name of OTHER_PAGES) {
    await page.goto(`${home}/console/${name}`);
    await take(`console-${name}`);
  }
}

async function takePaymentScreens({ page, press, take }, { home, refundedOrderId, unknownOrderId }) {
  await page.goto(`${home}/console/payments/${refundedOrderId}`);
  await page.getByText('refund.request').first().waitFor();
  await take('console-payment', 1000);
  await page.goto(`${home}/console/payments/${unknownOrderId}`);
  await press('환불하기');
  await page.getByLabel('환불 사유').fill('중복 결제');
  await take('console-refund');
}
