import { allow, type Answer, type Api } from './api.ts';
import type { World } from './world.ts';

/** A user with what they hold, for tests that only need one to be there. */
export interface Subscriber {
  api: Api;
  userId: string;
  /** The subscription's. */
  id: string;
  cardId: string;
}

/**
 * What tests of subscriptions do over and over: a clock in Seoul time, subscribers, and what they were charged and
 * granted.
 */
export class Subscribers {
  private count = 0;
  private readonly users: Api[] = [];

  constructor(
    private readonly world: World,
    private readonly prefix: string,
  ) {}

  /** Moves the clock to a time in Seoul, e.g. `2027-03-01T12:00`. */
  async at(time: string): Promise<void> {
    must(await this.world.api.post('/v1/sandbox/clock', { set: `${time.length === 16 ? `${time}:00` : time}+09:00` }));
  }

  /** A user who holds nothing. */
  async user(): Promise<Api & { userId: string }> {
    const userId = `${this.prefix}-${++this.count}`;
    const api = await this.world.api.as(userId);
    this.users.push(api);
    return Object.assign(api, { userId });
  }

  /** A user who subscribes now, with a card on file. */
  async withCard({ planId = 1, trialDays }: { planId?: number; trialDays?: number } = {}): Promise<Subscriber> {
    const api = await this.user();
    const cardId = await api.putCardOnFile(this.world.simulator);
    const { body } = must(
      await api.post('/v1/subscriptions', { planId, billingKeyId: cardId, ...(trialDays && { trialDays }) }),
    );
    return { api, userId: api.userId, id: body.subscription.id, cardId };
  }

  /** Their renewals are not the next test's. */
  async cancelAll(): Promise<void> {
    for (const api of this.users.splice(0)) {
      const { status, body } = await api.get('/v1/subscriptions/me');
      if (status === 200) await api.post(`/v1/subscriptions/${body.id}/cancel`);
    }
  }

  /** Orders and pays in the window. */
  async buy(api: Api, planId: number): Promise<any> {
    const order = await api.order(planId);
    return must(await api.confirm(order, await this.world.simulator.authenticate(order))).body;
  }

  async get({ api, id }: Pick<Subscriber, 'api' | 'id'>): Promise<any> {
    return (await api.get(`/v1/subscriptions/${id}`)).body;
  }

  change({ api, id }: Pick<Subscriber, 'api' | 'id'>, planId: number) {
    return api.post(`/v1/subscriptions/${id}/change`, { planId });
  }

  /** What the outgoing events of a type say about a subscription, oldest first. */
  async events(id: string, type: string): Promise<any[]> {
    const operator = await this.world.api.as('reader', 'operator');
    const { data } = (await operator.get(`/v1/messages?limit=100&subscriptionId=${id}&type=subscription.${type}`)).body;
    return data.map((event: { data: object }) => event.data).toReversed();
  }

  /** What was taken, oldest first, in won. */
  async taken({ api }: Pick<Subscriber, 'api'>): Promise<number[]> {
    const { data } = (await api.get('/v1/payments?limit=100')).body;
    return data
      .filter(({ status }: { status: string }) => ['SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(status))
      .map(({ amount }: { amount: number }) => amount)
      .toReversed();
  }
}

function must(answer: Answer): Answer {
  allow([200], answer);
  return answer;
}
