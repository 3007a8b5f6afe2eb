import type { Api, TempOrder } from './api.ts';
import { type Subscriber, Subscribers } from './subscribers.ts';
import type { World } from './world.ts';

type Buyer = Api & { userId: string };

/** A payment that was approved, with what its buyer may want to do next. */
export interface Paid {
  api: Buyer;
  userId: string;
  order: TempOrder;
  orderId: string;
  paymentKey: string;
  /** As the confirm answered. */
  // oxlint-disable-next-line no-explicit-any
  body: any;
}

/** Things that a test only needs to be there: users, payments, subscribers, plans. */
export class Make {
  readonly subscribers: Subscribers;

  constructor(private readonly world: World) {
    this.subscribers = new Subscribers(world, 'user');
  }

  /** A customer who holds nothing. */
  buyer(): Promise<Buyer> {
    return this.subscribers.user();
  }

  /** A payment through the window; `by` is another buyer than a new one. */
  async payment({ plan = 1, amount, method = '카드', by }: PaymentOptions = {}): Promise<Paid> {
    const api = by ?? (await this.buyer());
    const order = await api.order(plan, amount);
    const paymentKey = await this.world.simulator.authenticate(order, { method });
    const { status, body } = await api.confirm(order, paymentKey);
    if (status !== 200) throw new Error(`no payment: ${status} ${JSON.stringify(body)}`);
    return { api, userId: api.userId, order, orderId: order.orderId, paymentKey, body };
  }

  /** Someone who subscribed with a card on file. @param since a time in Seoul, which the clock is moved to first */
  async subscriber({ plan = 1, since, trialDays }: SubscriberOptions = {}): Promise<Subscriber> {
    if (since !== undefined) await this.subscribers.at(since);
    return this.subscribers.withCard({ planId: plan, ...(trialDays !== undefined && { trialDays }) });
  }

  /** A plan on sale. @returns its id */
  async plan(price: number, durationMonths = 1): Promise<number> {
    const admin = await this.world.api.as('boss', 'admin');
    const name = `${price}/${durationMonths}`;
    return (await admin.post('/v1/plans', { type: 'BASIC', name, price, durationMonths })).body.id;
  }
}

interface PaymentOptions {
  plan?: number;
  amount?: number;
  method?: string;
  by?: Buyer;
}

interface SubscriberOptions {
  plan?: number;
  since?: string;
  trialDays?: number;
}
