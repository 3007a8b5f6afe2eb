import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Scenario } from '../support/agreement/scenario.ts';
import { step } from '../support/agreement/steps.ts';
import { checkProperty, propertyTimeout } from '../support/property.ts';
import { createWorld } from '../support/world.ts';

const RUNS = { planned: 6, least: 4 };
const PATIENCE_MS = 300;
/** More than any credit, so that an order of it uses all of a balance. */
const DEAREST = 10_000_000;

it(
  'whatever a customer agrees to, they are charged for that and no more, and have what they paid for',
  async () => {
    let judged = 0;
    await checkProperty(
      'agreement-property',
      fc.array(step, { minLength: 6, maxLength: 14, size: 'max' }),
      async (steps) => {
        const world = await createWorld({ tossTimeoutMs: PATIENCE_MS, billingTimeoutMs: PATIENCE_MS }, true);
        try {
          await world.api.post('/v1/sandbox/clock', { set: '2030-01-31T12:00:00+09:00' });
          const admin = await world.api.as('boss', 'admin');
          const { body: dearest } = await admin.post('/v1/plans', {
            type: 'PREMIUM',
            name: 'Dearest',
            price: DEAREST,
            durationMonths: 1,
          });
          const scenario = new Scenario(world, await world.api.as('customer'), admin, dearest.id);
          await scenario.take({ acts: [{ does: 'newCard' }] });
          await scenario.take({ acts: [{ does: 'subscribe', plan: 1, trialDays: 0 }] });
          for (const step of steps) await scenario.take(step);
          expect(await scenario.end()).toEqual([]);
          judged += scenario.chargeCount;
        } finally {
          await world.close();
        }
      },
      RUNS,
    );
    process.stdout.write(`agreement-property: ${judged} charges by card were judged\n`);
    expect(judged).toBeGreaterThan(0);
  },
  propertyTimeout(RUNS),
);
