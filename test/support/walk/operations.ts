import { randomUUID } from 'node:crypto';
import type { Recorder } from '../snapshot/recorder.ts';
import { eventually } from '../world.ts';
import { buy, confirmation, day, delivered } from './acts.ts';

const as = 'operator';

export async function walkRefunds(recorder: Recorder): Promise<void> {
  const { step, world } = recorder;
  const { orderId } = await buy(recorder, 'jon', 1);
  const body = { orderId, reason: '고객 요청' };
  await step('what a refund would do', `GET /v1/payments/${orderId}/refund-quote`, { as });
  await step('a refund, by a customer', 'POST /v1/refunds', { as: 'jon', body });
  await step('a refund of no payment', 'POST /v1/refunds', { as, body: { ...body, orderId: 'no-such-order' } });
  await step('a refund without a reason', 'POST /v1/refunds', { as, body: { orderId } });
  await step('a refund of too much', 'POST /v1/refunds', { as, body: { ...body, amount: 9_901 } });
  await world.simulator.fault({ on: 'cancel', kind: 'decline', code: 'NOT_CANCELABLE_PAYMENT' });
  await step('a refund that is declined', 'POST /v1/refunds', { as, body });
  await step('a refund in part', 'POST /v1/refunds', { as, body: { ...body, amount: 3_000 } });
  await step('a refund of the rest', 'POST /v1/refunds', { as, body });
  await step('a refund of nothing', 'POST /v1/refunds', { as, body });
  await step('the refunds of a payment', `GET /v1/refunds?orderId=${orderId}`, { as });
  const { data } = await step('the refunds of a user', 'GET /v1/refunds', { as: 'jon' });
  await step('a refund, by its owner', `GET /v1/refunds/${data[0].id}`, { as: 'jon' });
  await step('a refund, by another user', `GET /v1/refunds/${data[0].id}`, { as: 'bob' });
  await step('a refund that is done is given up', `POST /v1/refunds/${data[0].id}/give-up`, {
    as,
    body: { reason: '이미 환불됨' },
  });
  await step('the payment that was refunded', `GET /v1/payments/${orderId}`, { as: 'jon' });

  const late = await buy(recorder, 'kim', 1);
  await world.simulator.fault({ on: 'cancel', kind: 'drop_after', orderId: late.orderId, times: 0 });
  await world.simulator.fault({ on: 'get', kind: 'drop_before', orderId: late.orderId, times: 0 });
  const pending = { orderId: late.orderId, reason: '고객 요청', amount: 1_000 };
  const { refund } = await step('a refund whose outcome is unknown', 'POST /v1/refunds', { as, body: pending });
  await step('given up while it is requested', `POST /v1/refunds/${refund.id}/give-up`, {
    as,
    body: { reason: '고객이 취소' },
  });
  await world.simulator.clearFaults();
  await eventually('the refund to be done', async () => {
    await world.api.post('/v1/sandbox/clock', { advance: 'PT20S' });
    return (await recorder.api(as).get(`/v1/refunds/${refund.id}`)).body.status === 'REFUNDED';
  });
  await walkRefundWindow(recorder, late.orderId);
}

async function walkRefundWindow(recorder: Recorder, orderId: string): Promise<void> {
  const { step } = recorder;
  const unpaid = await confirmation(recorder, 'lee', 1, undefined, '가상계좌');
  await recorder.api('lee').post('/v1/payments/confirm', unpaid);
  await step('a refund before the deposit', 'POST /v1/refunds', {
    as,
    body: { orderId: unpaid.orderId, reason: '고객 요청' },
  });
  await step('the payment that no deposit is expected for', `GET /v1/payments/${unpaid.orderId}`, { as: 'lee' });
  const account = await confirmation(recorder, 'lee', 1, undefined, '가상계좌');
  await recorder.api('lee').post('/v1/payments/confirm', account);
  await recorder.world.simulator.deposit(account.orderId);
  await eventually('the deposit to be known', async () => {
    await recorder.world.api.post('/v1/sandbox/clock', { advance: 'PT20S' });
    return (await recorder.api('lee').get(`/v1/payments/${account.orderId}`)).body.status === 'SUCCESS';
  });
  const refund = { orderId: account.orderId, reason: '고객 요청' };
  await step('a refund of a deposit to no account', 'POST /v1/refunds', { as, body: refund });
  const refundReceiveAccount = { bank: '신한', accountNumber: '110123456789', holderName: '이나라' };
  await step('a refund of a deposit', 'POST /v1/refunds', { as, body: { ...refund, refundReceiveAccount } });
  await day(recorder, '2035-04-06');
  await step('a refund after the window', 'POST /v1/refunds', { as, body: { orderId, reason: '늦음' } });
  const overridden = { orderId, reason: '고객센터의 안내가 늦었습니다', overrideWindow: true };
  await step('a refund after the window, by an operator', 'POST /v1/refunds', { as, body: overridden });
  await step('a refund after the window, by an admin', 'POST /v1/refunds', { as: 'admin', body: overridden });
}

export async function walkRenewals({ step, api }: Recorder): Promise<void> {
  const { id } = (await api('gil').get('/v1/subscriptions/me')).body;
  await step('the renewals of a day', 'GET /v1/operations/renewals?date=2035-04-05', { as });
  await step('the renewals of no day', 'GET /v1/operations/renewals?date=yesterday', { as });
  await step('the renewals are paused without a reason', 'POST /v1/operations/renewals/pause', { as, body: {} });
  await step('the renewals are paused', 'POST /v1/operations/renewals/pause', { as, body: { reason: '점검' } });
  await step('the renewals are resumed', 'POST /v1/operations/renewals/resume', { as });
  await step('a renewal that is not on hold is released', `POST /v1/operations/renewals/${id}/release`, { as });
  await step('the renewal of nothing is released', 'POST /v1/operations/renewals/none/release', { as });
  await step('the subscription after its renewal', `GET /v1/subscriptions/${id}`, { as: 'gil' });
}

export async function walkWebhooks(recorder: Recorder): Promise<void> {
  const { step, api } = recorder;
  const { orderId, paymentKey } = await buy(recorder, 'max', 1);
  const headers = {
    'tosspayments-webhook-transmission-id': `whtrans_${randomUUID()}`,
    'tosspayments-webhook-transmission-retried-count': '0',
  };
  const body = {
    eventType: 'PAYMENT_STATUS_CHANGED',
    createdAt: '2035-04-09T12:05:00.000000',
    data: { orderId, paymentKey, status: 'DONE' },
  };
  await step('a webhook', 'POST /v1/webhooks/toss', { body, headers });
  await step('the same webhook again', 'POST /v1/webhooks/toss', { body, headers });
  await step('a webhook that is not JSON', 'POST /v1/webhooks/toss', { body: '{"a":' });
  const events = async () => (await api(as).get(`/v1/webhook-events?orderId=${orderId}`)).body.data;
  const [{ id }] = await eventually('the webhook to be processed', async () => {
    const found = await events();
    return found[0]?.processed && found;
  });
  await step('the webhooks of an order', `GET /v1/webhook-events?orderId=${orderId}`, { as });
  await step('one webhook', `GET /v1/webhook-events/${id}`, { as });
  await step('a webhook that does not exist', 'GET /v1/webhook-events/999999', { as });
  await step('a webhook is replayed', `POST /v1/webhook-events/${id}/replay`, { as });
  await step('a processed webhook is dismissed', `POST /v1/webhook-events/${id}/dismiss`, {
    as,
    body: { reason: '시험' },
  });
}

export async function walkMessages(recorder: Recorder): Promise<void> {
  const { step } = recorder;
  await delivered(recorder);
  const { data } = await step('the outgoing events', 'GET /v1/messages?limit=100', { as });
  await step('outgoing events by type', 'GET /v1/messages?type=payment.failed', { as });
  await step('one outgoing event', `GET /v1/messages/${data[0].id}`, { as });
  await step('an outgoing event that does not exist', 'GET /v1/messages/msg_none', { as });
  await step('an outgoing event is delivered again', `POST /v1/messages/${data[0].id}/redeliver`, { as });
}

export async function walkReports(recorder: Recorder): Promise<void> {
  const { step } = recorder;
  await step('the days that were reconciled', 'GET /v1/operations/reconciliations?limit=3', { as });
  await step('a day that was reconciled', 'GET /v1/operations/reconciliations/2035-04-02', { as });
  await step('a day that was not reconciled', 'GET /v1/operations/reconciliations/2035-12-01', { as });
  await step('a difference that does not exist', 'POST /v1/operations/reconciliations/differences/999/resolve', {
    as,
    body: { how: 'refunded at Toss', reason: '확인' },
  });
  for (const job of ['expire-subscriptions', 'purge-temp-orders', 'recover-payments', 'renew-subscriptions'])
    await step(`the job ${job}`, `POST /v1/operations/jobs/${job}/run`, { as });
  await step('a job that does not exist', 'POST /v1/operations/jobs/none/run', { as });
  const range = 'from=2035-03-01&to=2035-04-30';
  await step('payment failures', `GET /v1/operations/payment-failures?${range}`, { as });
  await step('daily figures', `GET /v1/operations/daily-figures?${range}`, { as });
  await step('the audit log', 'GET /v1/operations/audit-log?limit=100', { as });
  await step('the audit log, for a customer', 'GET /v1/operations/audit-log', { as: 'ann' });
  await step('the invariants', 'GET /v1/operations/invariants', { as });
}

export async function walkSandbox({ step, world }: Recorder): Promise<void> {
  await step('the clock', 'GET /v1/sandbox/clock');
  await step('the clock is set to no time', 'POST /v1/sandbox/clock', { body: { set: 'noon' } });
  await step('a token', 'POST /v1/sandbox/tokens', { body: { userId: 7, role: 'operator' } });
  await step('a token of no role', 'POST /v1/sandbox/tokens', { body: { userId: 7, role: 'root' } });
  await step('a fault', 'POST /v1/sandbox/faults', { body: { on: 'confirm', kind: 'decline' } });
  await step('a fault of no kind', 'POST /v1/sandbox/faults', { body: { on: 'confirm', kind: 'nonsense' } });
  await step('the faults', 'GET /v1/sandbox/faults');
  await step('the faults are cleared', 'DELETE /v1/sandbox/faults');
  await step('what the checkout needs', 'GET /v1/checkout-config');
  await step('alive', 'GET /health/live');
  await step('ready', 'GET /health/ready');
  await step('the clock is moved', 'POST /v1/sandbox/clock', { body: { advance: 'PT1M' } });
  await world.api.post('/v1/sandbox/clock', { reset: true });
}
