import { describe, expect, it } from '@jest/globals';
import { setupWorld } from '../support/setup-world.ts';
import type { Subscribers } from '../support/subscribers.ts';
import type { World } from '../support/world.ts';

let world: World;
let people: Subscribers;

setupWorld((setup) => ({ world, people } = setup));

describe('while a renewal is under way', () => {
  /** A renewal whose answer is lost, and which the provider has taken. */
  async function renewing(year: number, planId = 1) {
    await people.at(`${year}-01-10T12:00`);
    const one = await people.withCard({ planId });
    await people.at(`${year}-02-10T09:59`);
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 60 });
    await people.at(`${year}-02-10T10:00:15`);
    return one;
  }
  const finish = async (year: number) => {
    await world.simulator.clearFaults();
    await people.at(`${year}-02-10T10:20`);
  };

  it('a new card stays the one that renews', async () => {
    const one = await renewing(2053);
    const newCard = await one.api.putCardOnFile(world.simulator);
    await finish(2053);
    expect(await people.get(one)).toMatchObject({
      billingKeyId: newCard,
      endDate: expect.stringContaining('2053-03-10'),
    });
    expect((await one.api.delete(`/v1/billing-keys/${one.cardId}`)).status).toBe(204);
    await people.at('2053-03-10T10:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900, 9_900]);
  });

  it('a card that the provider deleted stays deleted', async () => {
    const one = await renewing(2054);
    await world.database.query(
      `UPDATE subscription SET payment_method_id = NULL, version = version + 1 WHERE id = $1::uuid`,
      [one.id],
    );
    await finish(2054);
    expect(await people.get(one)).toMatchObject({
      billingKeyId: null,
      nextChargeAt: null,
      endDate: expect.stringContaining('2054-03-10'),
    });
  });

  it('a part that goes back in the dashboard lowers no agreement', async () => {
    const one = await renewing(2055);
    const [renewal] = (await one.api.get('/v1/payments')).body.data;
    await world.simulator.dashboardCancel(
      (await world.simulator.books(renewal.orderId)).payments[0]!.paymentKey,
      1_000,
    );
    await finish(2055);
    await people.at('2055-03-10T10:01');
    expect(await people.taken(one)).toEqual([9_900, 9_900, 9_900]);
    expect(await people.get(one)).toMatchObject({ status: 'ACTIVE' });
  });

  it('the refund of an upgrade gives its charge back', async () => {
    await people.at('2056-01-10T12:00');
    const one = await people.withCard();
    await people.at('2056-02-09T12:00');
    const { payment } = await people.buy(one.api, 2);
    await people.at('2056-02-10T09:59');
    await world.simulator.fault({ on: 'billing', kind: 'drop_after', times: 2 });
    await world.simulator.fault({ on: 'get', kind: 'drop_before', times: 60 });
    await people.at('2056-02-10T10:00:15');
    await world.simulator.clearFaults();
    const boss = await world.api.as('boss', 'admin');
    expect(
      (
        await boss.post('/v1/refunds', {
          orderId: payment.orderId,
          reason: '업그레이드를 취소해 달라는 고객의 요청',
          overrideWindow: true,
        })
      ).status,
    ).toBe(201);
    await people.at('2056-02-10T10:30');
    expect(await people.get(one)).toMatchObject({ planId: 1, nextChargeAt: null });
    expect((await one.api.get('/v1/payments')).body.data[0]).toMatchObject({
      amount: 19_900,
      status: 'FAILED',
      failure: { code: 'ORDER_OUTDATED' },
    });
  });
});
