import type { Recorder } from '../snapshot/recorder.ts';
import { buy, confirmation, day } from './acts.ts';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

export async function walkCards(recorder: Recorder): Promise<{ cardId: string; otherCardId: string }> {
  const { step, world } = recorder;
  const { customerKey } = await step('how to register a card', 'GET /v1/billing-keys/registration', { as: 'gil' });
  const card = { authKey: await world.simulator.registerCard(customerKey, '41'), customerKey };
  await step('a card of another customer', 'POST /v1/billing-keys', { as: 'bob', body: card });
  const { id: cardId } = await step('a card on file', 'POST /v1/billing-keys', { as: 'gil', body: card });
  await step('the same card again', 'POST /v1/billing-keys', { as: 'gil', body: card });
  await world.simulator.fault({ on: 'issue', kind: 'decline', code: 'INVALID_CARD_NUMBER' });
  const declined = { authKey: await world.simulator.registerCard(customerKey, '41'), customerKey };
  await step('a card that is declined', 'POST /v1/billing-keys', { as: 'gil', body: declined });
  await world.simulator.clearFaults();
  const otherCardId = await recorder.api('gil').putCardOnFile(world.simulator, '11');
  await step('the cards on file', 'GET /v1/billing-keys', { as: 'gil' });
  await step('a card that does not exist is deleted', `DELETE /v1/billing-keys/${UNKNOWN_ID}`, { as: 'gil' });
  return { cardId, otherCardId };
}

export async function walkSubscriptions(recorder: Recorder): Promise<void> {
  const { step, world } = recorder;
  const { cardId, otherCardId } = await walkCards(recorder);
  const as = 'gil';
  await step('no subscription yet', 'GET /v1/subscriptions/me', { as });
  const unknownCard = { planId: 1, billingKeyId: UNKNOWN_ID };
  await step('subscribed with an unknown card', 'POST /v1/subscriptions', { as, body: unknownCard });
  const body = { planId: 1, billingKeyId: cardId };
  await step('subscribed to an unknown plan', 'POST /v1/subscriptions', { as, body: { ...body, planId: 77 } });
  await step('a trial that is too long', 'POST /v1/subscriptions', { as, body: { ...body, trialDays: 31 } });
  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
  await step('the first charge is declined', 'POST /v1/subscriptions', { as, body });
  const { subscription } = await step('subscribed', 'POST /v1/subscriptions', { as, body });
  const { id } = subscription;
  await step('subscribed twice', 'POST /v1/subscriptions', { as, body });
  const key = { 'Idempotency-Key': 'walk-1' };
  await step('a kept answer', 'POST /v1/subscriptions', { as, body, headers: key });
  await step('the kept answer again', 'POST /v1/subscriptions', { as, body, headers: key });
  await step('the key with another body', 'POST /v1/subscriptions', {
    as,
    body: { ...body, planId: 2 },
    headers: key,
  });
  await step('the current subscription', 'GET /v1/subscriptions/me', { as });
  await step('a subscription, by its owner', `GET /v1/subscriptions/${id}`, { as });
  await step('a subscription, by another user', `GET /v1/subscriptions/${id}`, { as: 'bob' });
  await step('a subscription, by an operator', `GET /v1/subscriptions/${id}`, { as: 'operator' });
  await step('the subscriptions of a user', `GET /v1/subscriptions?userId=gil`, { as: 'operator' });
  await step('a card for the renewals', `POST /v1/subscriptions/${id}/billing-key`, {
    as,
    body: { billingKeyId: otherCardId },
  });
  await step('an unknown card for the renewals', `POST /v1/subscriptions/${id}/billing-key`, {
    as,
    body: { billingKeyId: UNKNOWN_ID },
  });
  await walkChanges(recorder, id);
  await day(recorder, '2035-03-08');
  const upgrade = await confirmation(recorder, as, 2);
  await step('the order of a dearer plan', `GET /v1/temp-orders/${upgrade.orderId}`, { as });
  await step('the dearer plan is paid', 'POST /v1/payments/confirm', { as, body: upgrade });
  await step('a change back, at the end of the period', `POST /v1/subscriptions/${id}/change`, {
    as,
    body: { planId: 1 },
  });
  await step('a card is deleted and replaced', `DELETE /v1/billing-keys/${otherCardId}?replaceWith=${cardId}`, { as });
  await step('the timeline', `GET /v1/subscriptions/${id}/timeline`, { as });
  await step('the subscription after it all', `GET /v1/subscriptions/${id}`, { as });
}

async function walkChanges({ step, world }: Recorder, id: string): Promise<void> {
  const as = 'gil';
  const path = `/v1/subscriptions/${id}`;
  await step('a change to a dearer plan, quoted', `POST ${path}/preview-change`, { as, body: { planId: 2 } });
  await step('a change to an unknown plan, quoted', `POST ${path}/preview-change`, { as, body: { planId: 77 } });
  await step('a change to an event, quoted', `POST ${path}/preview-change`, { as, body: { planId: 3 } });
  await world.simulator.fault({ on: 'billing', kind: 'decline', code: 'REJECT_CARD_PAYMENT' });
  await step('a change that is declined', `POST ${path}/change`, { as, body: { planId: 2 } });
  await step('a change to a dearer plan', `POST ${path}/change`, { as, body: { planId: 2 } });
  await step('a change to a cheaper plan, quoted', `POST ${path}/preview-change`, { as, body: { planId: 1 } });
  await step('a change to a cheaper plan', `POST ${path}/change`, { as, body: { planId: 1 } });
  await step('an order of a cheaper plan', 'POST /v1/temp-orders', { as, body: { planId: 1 } });
  await step('the change is taken back', `POST ${path}/change`, { as, body: { planId: 2 } });
  await step('canceled', `POST ${path}/cancel`, { as });
  await step('canceled again', `POST ${path}/cancel`, { as });
  await step('resumed', `POST ${path}/resume`, { as });
  await step('canceled by another user', `POST ${path}/cancel`, { as: 'bob' });
}

export async function walkTrials(recorder: Recorder): Promise<void> {
  const { step, world } = recorder;
  const as = 'hal';
  const billingKeyId = await recorder.api(as).putCardOnFile(world.simulator, '41');
  const body = { planId: 1, billingKeyId, trialDays: 14 };
  const { subscription } = await step('a trial', 'POST /v1/subscriptions', { as, body });
  const path = `/v1/subscriptions/${subscription.id}`;
  await step('the consents of a trial', `GET ${path}/consents`, { as });
  const consent = { textVersion: '2026-11', channel: 'web', price: 9_900 };
  await day(recorder, '2035-03-26');
  await step('the consent that is needed', `GET ${path}/consents`, { as });
  await step('a consent to another price', `POST ${path}/consents`, { as, body: { ...consent, price: 1 } });
  await step('a consent', `POST ${path}/consents`, { as, body: consent });
  await step('a consent that is not needed', `POST ${path}/consents`, { as, body: consent });
  await step('the consents that were given', `GET ${path}/consents`, { as });

  const bought = await buy(recorder, 'ida', 1);
  const { id } = (await recorder.api('ida').get('/v1/subscriptions/me')).body;
  await step('a dearer plan without a card', `POST /v1/subscriptions/${id}/change`, { as: 'ida', body: { planId: 2 } });
  const order = await step('an order of the dearer plan', 'POST /v1/temp-orders', { as: 'ida', body: { planId: 2 } });
  await world.api.post('/v1/sandbox/clock', { advance: 'PT10M' });
  await buy(recorder, 'ida', 1);
  await step('the order is outdated by another purchase', 'POST /v1/payments/confirm', {
    as: 'ida',
    body: { orderId: order.orderId, amount: order.amount, paymentKey: await world.simulator.authenticate(order) },
  });
  await step('bought twice', 'GET /v1/payments', { as: 'ida' });
  await step('the subscription that was bought', `GET /v1/subscriptions/${id}`, { as: 'ida' });
  await step('the first of the two', `GET /v1/payments/${bought.orderId}`, { as: 'ida' });
}
