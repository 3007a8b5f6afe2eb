import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Answer, Api } from './api.ts';
import { expectBooksToAgree } from './books.ts';
import { type Received, Receiver, RECEIVER_SECRET } from './receiver.ts';
import { createWorld, type World } from './world.ts';

/** A world whose outgoing events are delivered to a receiver. */
export class Delivering {
  readonly receiver = new Receiver();
  world!: World;
  operator!: Api;
  private buyers = 0;

  buyer(): Promise<Api> {
    return this.world.api.as(`buyer-${++this.buyers}`);
  }

  /** A purchase through the window, by a new buyer or by `api`. */
  async buy(api?: Api, planId = 1) {
    const buyer = api ?? (await this.buyer());
    const order = await buyer.order(planId);
    const paymentKey = await this.world.simulator.authenticate(order);
    const { status, body } = await buyer.confirm(order, paymentKey);
    return { api: buyer, order, paymentKey, status, body, subscriptionId: body.subscription?.id as string };
  }

  advance(duration: string): Promise<Answer> {
    return this.world.api.post('/v1/sandbox/clock', { advance: duration });
  }

  /** The outgoing events as an operator lists them. */
  async messages(query: string): Promise<any> {
    return (await this.operator.get(`/v1/messages?${query}`)).body.data;
  }

  /** What came in about an order or a subscription. */
  received(id: string, list: Received[] = this.receiver.tried): Received[] {
    return list.filter(({ data }) => data['orderId'] === id || data['subscriptionId'] === id);
  }
}

export function setupDelivering(): Delivering {
  const delivering = new Delivering();
  const { receiver } = delivering;
  beforeAll(async () => {
    const url = await receiver.listen();
    delivering.world = await createWorld({ outboundWebhook: { url, secret: RECEIVER_SECRET } });
    delivering.operator = await delivering.world.api.as('olga', 'operator');
  });
  beforeEach(() => {
    receiver.tried.length = 0;
    receiver.answer = () => 200;
  });
  afterEach(async () => {
    // Nothing of one test is left over for the next.
    receiver.answer = () => 200;
    await delivering.advance('P2D');
    await expectBooksToAgree(delivering.world);
  });
  afterAll(async () => {
    await delivering.world.close();
    await receiver.close();
  });
  return delivering;
}
