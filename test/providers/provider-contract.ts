import { afterAll, beforeAll, describe } from '@jest/globals';
import { chargeContract } from './contract/charge.ts';
import { confirmContract } from './contract/confirm.ts';
import { failureContract } from './contract/failures.ts';
import { readContract } from './contract/reads.ts';
import { refundContract } from './contract/refund.ts';
import { webhookContract } from './contract/webhooks.ts';
import type { ProviderDriver, ProviderUnderTest } from './provider-driver.ts';

/** What the engine relies on of every payment provider, tried against its simulator through the port alone. */
export function providerContract({ name, start, webhooks }: ProviderUnderTest): void {
  describe(`${name} behind the port`, () => {
    let running: ProviderDriver;
    beforeAll(async () => {
      running = await start();
    });
    afterAll(() => running.close());

    const driver = () => running;
    confirmContract(driver);
    chargeContract(driver);
    refundContract(driver);
    failureContract(driver);
    readContract(driver);
    webhookContract(driver, webhooks);
  });
}
