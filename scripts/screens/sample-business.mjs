import { call, tokenFor } from './call.mjs';

const DAYS = 24;
const DAY_MS = 86_400_000;
const SEOUL_OFFSET_MS = 9 * 3_600_000;
const CODES = ['REJECT_CARD_PAYMENT', 'REJECT_CARD_COMPANY', 'INVALID_CARD_EXPIRATION'];

/**
 * A month of business, so that every page has something to show: buyers, some declines, a refund a week, trials whose
 * first charge is today, and one payment whose outcome is unknown.
 */
export async function createSampleBusiness({ home, simulator }) {
  const fault = (body) => call(`${simulator}/_faults`, body);
  const clock = (body) => call(`${home}/v1/sandbox/clock`, body);
  const operator = await tokenFor(home, 'operator-minseo', 'operator');
  await clock({ set: new Date(Date.now() - DAYS * DAY_MS).toISOString() });
  const pastDueDay = await startTrials(home, simulator);
  // The first card that is charged is declined.
  await fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
  let refundedOrderId;
  for (let day = 0; day < DAYS; day += 1) {
    const orderIds = await sellOnDay({ home, simulator }, day);
    if (day % 6 === 3) {
      await call(`${home}/v1/refunds`, { orderId: orderIds[0], reason: '고객 요청' }, operator);
      refundedOrderId = orderIds[0];
    }
    await clock({ advance: 'P1D' });
  }
  await clock({ reset: true });
  await fault({ on: 'get', kind: 'error_before', times: 0 });
  const unknownOrderId = await buy({ home, simulator }, 'user-waiting', 1, { kind: 'drop_after', times: 2 });
  return { refundedOrderId, unknownOrderId, pastDueDay };
}

/** Trials with a card on file that end today. @returns the day of their first charge */
async function startTrials(home, simulator) {
  let chargeDay;
  for (const [index, userId] of ['kim-jiwoo', 'lee-doyun', 'park-seoyeon', 'choi-hana'].entries()) {
    const buyer = await tokenFor(home, userId);
    const { customerKey } = await call(`${home}/v1/billing-keys/registration`, undefined, buyer);
    const card = { customerKey, issuerCode: ['41', '71', '51', '61'][index] };
    const { authKey } = await call(`${simulator}/_billing_auths`, card);
    const { id: billingKeyId } = await call(`${home}/v1/billing-keys`, { authKey, customerKey }, buyer);
    const trial = { planId: 1 + (index % 2), billingKeyId, trialDays: DAYS };
    const { subscription } = await call(`${home}/v1/subscriptions`, trial, buyer);
    const consent = { textVersion: '2026-11', channel: 'web' };
    await call(`${home}/v1/subscriptions/${subscription.id}/consents`, consent, buyer);
    chargeDay ??= new Date(Date.parse(subscription.nextChargeAt) + SEOUL_OFFSET_MS).toISOString().slice(0, 10);
  }
  return chargeDay;
}

/** @returns the ids of the day's orders */
async function sellOnDay(urls, day) {
  const orderIds = [];
  for (let index = 0; index <= (day * 7) % 4; index += 1) {
    const fault = (day + index) % 5 === 0 ? { kind: 'decline', code: CODES[day % 3] } : undefined;
    orderIds.push(await buy(urls, `user-${day}-${index}`, index % 3 === 1 ? 2 : 1, fault));
  }
  return orderIds;
}

/** Orders and pays, once more after a decline. @returns the order id */
async function buy({ home, simulator }, userId, planId, fault) {
  const buyer = await tokenFor(home, userId);
  const { orderId, amount } = await call(`${home}/v1/temp-orders`, { planId }, buyer);
  if (fault) await call(`${simulator}/_faults`, { on: 'confirm', orderId, ...fault });
  const pay = async () => {
    const { paymentKey } = await call(`${simulator}/_payments`, { orderId, amount });
    await call(`${home}/v1/payments/confirm`, { orderId, amount, paymentKey }, buyer);
  };
  await pay();
  if (fault?.kind === 'decline') await pay();
  return orderId;
}
