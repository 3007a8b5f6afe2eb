import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Answer, Api } from './api.ts';
import { expectBooksToAgree } from './books.ts';
import { type Received, Receiver, RECEIVER_SECRET } from './receiver.ts';
import { createWorld, type World } from './world.ts';

/** A world whose outgoing events are delivered to a receiver. Its functions can be taken apart from it. */
export class Delivering {
  readonly receiver = new Receiver();
  world!: World;
  operator!: Api;
  private buyers = 0;

  readonly newBuyer = (): Promise<Api> => this.world.api.as(`buyer-${++this.buyers}`);

  /** A purchase through the window, by a new buyer or by `api`. */
  readonly buy = async (api?: Api, planId = 1) => {
    const buyer = api ?? (await this.newBuyer());
    const order = await buyer.order(planId);
    const paymentKey = await this.world.simulator.authenticate(order);
    const { status, body } = await buyer.confirm(order, paymentKey);
    return { api: buyer, order, paymentKey, status, body, subscriptionId: body.subscription?.id as string };
  };

  readonly advance = (duration: string): Promise<Answer> =>
    this.world.api.post('/v1/sandbox/clock', { advance: duration });

  /** The outgoing events as an operator lists them. */
  readonly messages = async (query: string): Promise<any> =>
    (await this.operator.get(`/v1/messages?${query}`)).body.data;

  /** What came in about an order or a subscription. */
  readonly received = (id: string, list: Received[] = this.receiver.tried): Received[] =>
    list.filter(({ data }) => data['orderId'] === id || data['subscriptionId'] === id);
}

/** @param ready takes what is there once the world is: `setupDelivering((setup) => ({ world, operator } = setup))` */
export function setupDelivering(ready: (setup: Delivering) => unknown): Delivering {
  const delivering = new Delivering();
  const { receiver } = delivering;
  beforeAll(async () => {
    const url = await receiver.listen();
    delivering.world = await createWorld({ outboundWebhook: { url, secret: RECEIVER_SECRET } });
    delivering.operator = await delivering.world.api.as('olga', 'operator');
    ready(delivering);
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
