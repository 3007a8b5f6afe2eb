import { describe, expect, it } from '@jest/globals';
import { Agreements, type Shown, type Terms } from '../support/agreement/agreements.ts';

describe('the model of what was agreed complains of', () => {
  const basic: Terms = { planId: 1, price: 9_900, months: 1 };
  const premium: Terms = { planId: 2, price: 19_900, months: 1 };
  const shown: Shown = {
    id: 's',
    planId: 1,
    nextPlanId: null,
    status: 'ACTIVE',
    endDate: '',
    nextChargeAt: null,
    billingKeyId: 'c',
    cancelAtPeriodEnd: false,
  };
  const agreed = (trialEnd: string | null = null): Agreements => {
    const model = new Agreements();
    model.subscribed([10, 20], basic, trialEnd);
    return model;
  };
  /** Why a charge at 100 is complained of. */
  const complaints = (model: Agreements, { amount = 9_900, plan = 1 }: { amount?: number; plan?: number } = {}) =>
    model
      .complaints([{ orderId: 'o', amount, held: amount, requestedAt: 100 }], () => plan)
      .map((complaint) => (complaint as { why: string }).why);

  it.each<[string, string[], (model: Agreements) => object | void]>([
    ['nothing, where what was agreed is charged', [], () => undefined],
    ['more than the price', ['not what was agreed'], () => ({ amount: 9_901 })],
    ['another plan', ['not what was agreed'], () => ({ plan: 2 })],
    [
      'the plan before a change',
      ['not what was agreed'],
      (model) => model.changed([30, 40], premium, { ...shown, nextPlanId: 2 }),
    ],
    [
      'no change that was taken back',
      [],
      (model) => {
        model.changed([30, 40], premium, { ...shown, nextPlanId: 2 });
        model.changed([50, 60], { ...basic, price: 30_000 }, shown);
      },
    ],
    [
      'a price that was raised before a change was taken back',
      ['not what was agreed'],
      (model) => {
        model.changed([30, 40], premium, { ...shown, nextPlanId: 2 });
        model.changed([50, 60], { ...basic, price: 30_000 }, shown);
        return { amount: 30_000 };
      },
    ],
    ['a charge after a cancel', ['requested after the customer cancelled'], (model) => model.stopped([30, 40])],
    ['no charge while a cancel was being answered', [], (model) => model.stopped([90, 110])],
    [
      'no charge after a resume',
      [],
      (model) => {
        model.stopped([30, 40]);
        model.restarted([50, 60]);
      },
    ],
    [
      'a first charge that was stopped and kept',
      ['kept though the customer stopped it'],
      (model) => model.stoppedOrder('o'),
    ],
  ])('%s', (_, why, then) => {
    const model = agreed();
    expect(complaints(model, then(model) ?? {})).toEqual(why);
  });

  it('a charge after a trial without consent', () => {
    const model = agreed('2030-01-01T00:00:00Z');
    expect(complaints(model)).toEqual(['charged after a trial without consent']);
    model.consented([30, 40]);
    expect(complaints(model)).toEqual([]);
  });
});
