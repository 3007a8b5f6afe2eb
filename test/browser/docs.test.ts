import { expect, it } from '@jest/globals';
import { inBrowser } from '../support/browser.ts';

inBrowser('the API documentation', (stage) => {
  it('is drawn and calls the API under a policy that lets in no script but its own', async () => {
    const response = await stage.world.api.get('/docs');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    const { page, home } = await stage.somebody();
    await page.goto(`${home}/docs`);
    const plans = page.locator('.opblock', { hasText: '/v1/plans' }).first();
    await plans.locator('.opblock-summary').click();
    await plans.getByRole('button', { name: 'Try it out' }).click();
    await plans.getByRole('button', { name: 'Execute' }).click();
    await plans.getByText('베이직').first().waitFor();
  });
});
