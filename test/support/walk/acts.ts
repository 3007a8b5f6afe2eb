import type { Recorder } from '../snapshot/recorder.ts';
import { eventually } from '../world.ts';

export interface Confirmation {
  orderId: string;
  paymentKey: string;
  amount: number;
}

/** A user orders and passes the payment window: what a confirm takes. */
export async function confirmation(
  recorder: Recorder,
  user: string,
  planId: number,
  amount?: number,
  method?: string,
): Promise<Confirmation> {
  const order = await recorder.api(user).order(planId, amount);
  const paymentKey = await recorder.world.simulator.authenticate(order, { ...(method && { method }) });
  return { orderId: order.orderId, paymentKey, amount: order.amount };
}

export async function buy(recorder: Recorder, user: string, planId: number): Promise<Confirmation> {
  const confirm = await confirmation(recorder, user, planId);
  const { status, body } = await recorder.api(user).post('/v1/payments/confirm', confirm);
  if (status !== 200) throw new Error(`not paid: ${status} ${JSON.stringify(body)}`);
  return confirm;
}

/** Waits until the outcome of a payment is known. */
export async function settled({ api, world }: Recorder, user: string, orderId: string): Promise<void> {
  await eventually('the outcome to be known', async () => {
    await world.api.post('/v1/operations/jobs/recover-payments/run');
    const { status } = (await api(user).get(`/v1/payments/${orderId}`)).body;
    if (!['PENDING', 'WAITING_FOR_DEPOSIT'].includes(status)) return true;
    await world.api.post('/v1/sandbox/clock', { advance: 'PT20S' });
    return false;
  });
}

/** At five past twelve in Seoul: a moment of the walk is never a full hour. */
export async function day(recorder: Recorder, date: string): Promise<void> {
  const { status } = await recorder.world.api.post('/v1/sandbox/clock', { set: `${date}T12:05:00+09:00` });
  if (status !== 200) throw new Error(`the clock was not set to ${date}`);
}

/** Waits until no outgoing event waits for its delivery. */
export function delivered({ api }: Recorder): Promise<boolean> {
  return eventually('every outgoing event to be delivered', async () => {
    const { data } = (await api('operator').get('/v1/messages?status=pending&limit=1')).body;
    return data.length === 0;
  });
}
