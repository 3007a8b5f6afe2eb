import type { Recorder } from '../snapshot/recorder.ts';
import { buy, confirmation, settled } from './acts.ts';

export async function walkOrders(recorder: Recorder): Promise<void> {
  const { step, world } = recorder;
  await step('an order', 'POST /v1/temp-orders', { as: 'ann', body: { planId: 1 } });
  await step('an order of an event', 'POST /v1/temp-orders', { as: 'ann', body: { planId: 3, amount: 5_000 } });
  await step('an event without an amount', 'POST /v1/temp-orders', { as: 'ann', body: { planId: 3 } });
  await step('an amount for a plan with a price', 'POST /v1/temp-orders', {
    as: 'ann',
    body: { planId: 1, amount: 5_000 },
  });
  await step('an order of no plan', 'POST /v1/temp-orders', { as: 'ann', body: { planId: 77 } });
  await step('an order of a plan off sale', 'POST /v1/temp-orders', { as: 'ann', body: { planId: 4 } });
  const { orderId } = await recorder.api('ann').order(2);
  await step('the order, by its owner', `GET /v1/temp-orders/${orderId}`, { as: 'ann' });
  await step('the order, by another user', `GET /v1/temp-orders/${orderId}`, { as: 'bob' });
  await step('the order is dropped by another user', `DELETE /v1/temp-orders/${orderId}`, { as: 'bob' });
  await step('the order is dropped', `DELETE /v1/temp-orders/${orderId}`, { as: 'ann' });
  await step('the order that was dropped', `GET /v1/temp-orders/${orderId}`, { as: 'ann' });
  await step('the order is dropped again', `DELETE /v1/temp-orders/${orderId}`, { as: 'ann' });

  const stale = await confirmation(recorder, 'ann', 1);
  await world.api.post('/v1/sandbox/clock', { advance: 'PT70M' });
  await step('an order that has expired', `GET /v1/temp-orders/${stale.orderId}`, { as: 'ann' });
  await step('a confirm of an expired order', 'POST /v1/payments/confirm', { as: 'ann', body: stale });

  for (let orders = 0; orders < 20; orders++) await recorder.api('many').order(1);
  await step('one open order too many', 'POST /v1/temp-orders', { as: 'many', body: { planId: 1 } });
}

export async function walkConfirms(recorder: Recorder): Promise<void> {
  const { step, world } = recorder;
  const body = await confirmation(recorder, 'ann', 1);
  const { orderId } = body;
  const confirm = 'POST /v1/payments/confirm';
  await step('another amount', confirm, { as: 'ann', body: { ...body, amount: 100 } });
  await step('the order of another user', confirm, { as: 'bob', body });
  await step('an order that does not exist', confirm, { as: 'ann', body: { ...body, orderId: 'no-such-order' } });
  await step('another user named', confirm, { as: 'ann', body: { ...body, userId: 'bob' } });
  await step('another plan named', confirm, { as: 'ann', body: { ...body, planId: 2 } });
  await step('without a payment key', confirm, { as: 'ann', body: { orderId, amount: 9_900 } });
  const decline = { on: 'confirm', kind: 'decline', code: 'REJECT_CARD_COMPANY', orderId };
  await world.simulator.fault(decline);
  await step('declined', confirm, { as: 'ann', body });
  await step('the payment that was declined', `GET /v1/payments/${orderId}`, { as: 'ann' });
  const again = { ...body, paymentKey: await world.simulator.authenticate({ orderId, amount: 9_900 }) };
  await step('paid with another payment key', confirm, { as: 'ann', body: again });
  await step('the same confirm again', confirm, { as: 'ann', body: again });
  await step('the order that is paid, with a third key', confirm, {
    as: 'ann',
    body: { ...body, paymentKey: 'tgen_another_key_0000' },
  });
  await step('the payment, by its owner', `GET /v1/payments/${orderId}`, { as: 'ann' });
  await step('the payment, by another user', `GET /v1/payments/${orderId}`, { as: 'bob' });
  await step('the payment, by an operator', `GET /v1/payments/${orderId}`, { as: 'operator' });
  await step('its history', `GET /v1/payments/${orderId}/story`, { as: 'operator' });
  await step('its history, for a customer', `GET /v1/payments/${orderId}/story`, { as: 'ann' });
  await step('the payments of a user', 'GET /v1/payments', { as: 'ann' });
  await step('payments by status', 'GET /v1/payments?status=SUCCESS&limit=1', { as: 'operator' });
  await step('payments by an unknown status', 'GET /v1/payments?status=LOST', { as: 'operator' });

  await step('an event is paid', confirm, { as: 'ann', body: await confirmation(recorder, 'ann', 3, 5_000) });
  await step('what events have gathered since', 'GET /v1/events');

  const mismatch = await confirmation(recorder, 'bob', 1);
  await world.simulator.fault({ on: 'confirm', kind: 'wrong_amount', orderId: mismatch.orderId });
  await step('the provider approved another amount', confirm, { as: 'bob', body: mismatch });
  const refused = await confirmation(recorder, 'bob', 1);
  await world.simulator.fault({ on: 'confirm', kind: 'unauthorized', orderId: refused.orderId, times: 0 });
  await step('the provider refuses the key', confirm, { as: 'bob', body: refused });
  await world.simulator.clearFaults();
}

export async function walkUnknown(recorder: Recorder): Promise<void> {
  const { step, world } = recorder;
  const body = await confirmation(recorder, 'cat', 1);
  const { orderId } = body;
  await world.simulator.fault({ on: 'confirm', kind: 'drop_after', orderId, times: 0 });
  await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId, times: 0 });
  await step('the outcome is unknown', 'POST /v1/payments/confirm', { as: 'cat', body });
  await step('a payment whose outcome is unknown', `GET /v1/payments/${orderId}`, { as: 'cat' });
  await step('it is stopped, though not a first charge by card', `POST /v1/payments/${orderId}/cancel`, { as: 'cat' });
  await step('a payment that does not exist is stopped', 'POST /v1/payments/no-such-order/cancel', { as: 'cat' });
  const paid = { outcome: 'paid', reason: '토스 관리자에서 확인' };
  await step('resolved without a reason', `POST /v1/payments/${orderId}/resolve`, {
    as: 'operator',
    body: { outcome: 'paid' },
  });
  await world.simulator.clearFaults();
  await settled(recorder, 'cat', orderId);
  await step('resolved, when it is known', `POST /v1/payments/${orderId}/resolve`, { as: 'operator', body: paid });
  await step('a payment that does not exist is resolved', 'POST /v1/payments/no-such-order/resolve', {
    as: 'operator',
    body: paid,
  });
  await step('the payment whose outcome became known', `GET /v1/payments/${orderId}`, { as: 'cat' });

  const account = await confirmation(recorder, 'dan', 1, undefined, '가상계좌');
  await step('a virtual account is issued', 'POST /v1/payments/confirm', { as: 'dan', body: account });
  await step('a payment that waits for its deposit', `GET /v1/payments/${account.orderId}`, { as: 'dan' });
  await step('a deposit for no order', 'POST /v1/sandbox/deposits', { body: { orderId: 'no-such-order' } });
  await step('the deposit', 'POST /v1/sandbox/deposits', { body: { orderId: account.orderId } });
  await settled(recorder, 'dan', account.orderId);
  await step('the payment after the deposit', `GET /v1/payments/${account.orderId}`, { as: 'dan' });
}

export async function walkRedirects(recorder: Recorder): Promise<void> {
  const { step } = recorder;
  const { orderId, paymentKey, amount } = await confirmation(recorder, 'eve', 1);
  const query = (of: object) => new URLSearchParams(Object.entries(of)).toString();
  const success = { paymentType: 'NORMAL', paymentKey, orderId };
  await step('the window, with another amount', `GET /v1/payments/success?${query({ ...success, amount: 100 })}`);
  await step('the window was closed', `GET /v1/payments/fail/${orderId}?code=PAY_PROCESS_CANCELED&message=closed`);
  await step('the window was closed, old form', `GET /v1/payments/fail?code=REJECT&message=no&orderId=${orderId}`);
  await step('the window succeeded', `GET /v1/payments/success?${query({ ...success, amount })}`);
  await step('the window of a card was closed', 'GET /v1/billing-keys/fail?code=PAY_PROCESS_CANCELED&message=closed');
  await step('the window of a card, with a key that is none', 'GET /v1/billing-keys/success?authKey=x&customerKey=yy');
  const bought = await buy(recorder, 'fay', 2);
  await step('a plan is bought', `GET /v1/payments/${bought.orderId}`, { as: 'fay' });
}
