import { randomUUID } from 'node:crypto';
import type { Api, Answer } from './api.ts';
import type { World } from './world.ts';

/** An incoming webhook as an operator sees it. */
export interface WebhookEvent {
  id: string;
  type: string;
  status: string;
  processed: boolean;
  note: string | null;
  data: any;
  orderId: string | null;
  paymentKey: string | null;
  bodyHash: string | null;
  retriedCount: number;
  attempts: number;
  createdAt: string;
  processedAt: string | null;
}

/** Sends a webhook as Toss would. A text is sent as it is. */
export function deliver(world: World, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return world.api.post('/v1/webhooks/toss', body, {
    'tosspayments-webhook-transmission-id': `whtrans_${randomUUID()}`,
    'tosspayments-webhook-transmission-retried-count': '0',
    ...headers,
  });
}

/** The newest incoming webhooks, filtered as the API's query says. */
export async function webhookEvents(operator: Api, query: string): Promise<WebhookEvent[]> {
  return (await operator.get(`/v1/webhook-events?limit=100&${query}`)).body.data;
}

/** The names of the invariants that are broken. */
export async function brokenInvariants(operator: Api): Promise<string[]> {
  const { invariants } = (await operator.get('/v1/operations/invariants')).body;
  return invariants.filter(({ ok }: { ok: boolean }) => !ok).map(({ name }: { name: string }) => name);
}

/** A buyer with an order of theirs, and the window's payment key for it. */
export async function orderOf(world: World, userId: string, method = '카드') {
  const api = await world.api.as(userId);
  const order = await api.order(1);
  const paymentKey = await world.simulator.authenticate(order, { method });
  return { api, order, orderId: order.orderId, paymentKey, confirm: () => api.confirm(order, paymentKey) };
}

/** How often the provider was asked about an order. */
export async function lookUps(world: World, orderId: string): Promise<number> {
  return (await world.simulator.requests(orderId)).filter(({ method }) => method === 'GET').length;
}
