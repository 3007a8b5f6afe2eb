import type { Api, TempOrder } from '../api.ts';
import type { World } from '../world.ts';
import { type Agreements, cardCharges, type CardCharge, type Shown, type Terms } from './agreements.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A February, but for the last day of it that a change of plan may cut off. */
const SHORTEST_MS = 27 * DAY_MS;
const KEPT = ['SUCCESS', 'PARTIALLY_REFUNDED'];

/** An order of the customer's, with what was agreed when it was made. */
export interface Ordered extends TempOrder {
  terms: Terms;
  takesOver: boolean;
  before: Shown | null;
  isOpen: boolean;
}

interface Case {
  world: World;
  api: Api;
  model: Agreements;
  orders: readonly Ordered[];
  /** An operator ended a subscription before its time. */
  wasEnded: boolean;
  /** A plan whose order uses all of a balance. */
  dearestPlan: number;
  payments: readonly any[];
  now: number;
}

/** What the API shows in the end. */
interface Evidence extends Case {
  paymentOf: Map<string, any>;
  subscriptions: any[];
  periods: any[];
  charges: CardCharge[];
}

/** What is wrong, by the provider's books and what the API answers. @returns it, and how many charges were judged */
export async function judge(trial: Case): Promise<{ wrong: object[]; charges: number }> {
  const evidence = await gather(trial);
  const wrong = [
    ...wrongCharges(evidence),
    ...(await wrongMoney(evidence)),
    ...wrongPeriods(evidence),
    ...wrongEnds(evidence),
    ...(await wrongBalance(evidence)),
  ];
  return { wrong, charges: evidence.charges.length };
}

async function gather(trial: Case): Promise<Evidence> {
  const { data } = (await trial.api.get('/v1/subscriptions?limit=100')).body;
  const subscriptions: any[] = await Promise.all(
    data.map(async ({ id }: { id: string }) => (await trial.api.get(`/v1/subscriptions/${id}`)).body),
  );
  const periods = subscriptions.flatMap((subscription) =>
    subscription.periods.map((period: any) => ({ ...period, subscriptionId: subscription.id })),
  );
  const paymentOf = new Map(trial.payments.map((payment) => [payment.orderId as string, payment]));
  return { ...trial, paymentOf, subscriptions, periods, charges: await cardCharges(trial.world.simulator) };
}

function wrongCharges({ model, charges, periods }: Evidence): object[] {
  const periodOf = (orderId: string) => periods.find((period) => period.orderId === orderId);
  const koreanDay = (at: number) => new Date(at + 9 * HOUR_MS).toISOString().slice(0, 10);
  const days = charges
    .filter(({ held }) => held > 0)
    .map(({ orderId, requestedAt }) => `${periodOf(orderId)?.subscriptionId} on ${koreanDay(requestedAt)}`);
  return [
    ...model.complaints(charges, (orderId) => periodOf(orderId)?.planId ?? null),
    ...days.filter((day, index) => days.indexOf(day) !== index).map((day) => ({ why: 'charged twice on a day', day })),
  ];
}

async function wrongMoney({ world, orders, charges, paymentOf }: Evidence): Promise<object[]> {
  const wrong: object[] = [];
  const byCard = new Set(charges.map(({ orderId }) => orderId));
  for (const { orderId, approvedAt, totalAmount, balanceAmount: held } of (await world.simulator.books()).payments) {
    if (approvedAt === null) continue;
    const payment = paymentOf.get(orderId);
    const ours = KEPT.includes(payment?.status) ? payment.amount - payment.refundedAmount : 0;
    if (ours !== held) wrong.push({ why: 'the provider holds another amount', orderId, held, payment });
    const ordered = orders.find((order) => order.orderId === orderId);
    if (!byCard.has(orderId) && ordered?.amount !== totalAmount && held > 0)
      wrong.push({ why: 'not what was ordered', orderId, totalAmount, ordered });
  }
  return wrong;
}

function wrongPeriods({ model, orders, wasEnded, paymentOf, periods }: Evidence): object[] {
  const wrong: object[] = [];
  for (const period of periods.filter(({ voidedAt }) => voidedAt === null)) {
    const { orderId, planId, startsAt, endsAt, price } = period;
    const lasts = Date.parse(endsAt) - Date.parse(startsAt);
    const payment = paymentOf.get(orderId);
    // A change of plan is charged by whole days: what is left of the last one costs nothing.
    const isPaid =
      orderId === null ? price > 0 || lasts < DAY_MS || model.isTrialTime(endsAt) : KEPT.includes(payment?.status);
    if (!isPaid && lasts !== 0) wrong.push({ why: 'time that was not paid for', period, payment });
    // What a change of plan gets is what was left, which may be more than a period.
    const isChange = orderId === null || orders.some((order) => order.orderId === orderId && order.takesOver);
    if (!isChange && lasts > model.longest(planId)) wrong.push({ why: 'more time than was bought', period });
    const isUntouched = !isChange && period.credited === 0 && payment?.status === 'SUCCESS' && !wasEnded;
    if (isUntouched && lasts < SHORTEST_MS) wrong.push({ why: 'less time than was bought', period });
  }
  return wrong;
}

function wrongEnds({ subscriptions, now }: Evidence): object[] {
  return subscriptions
    .filter(({ isActive, endDate }) => isActive && Date.parse(endDate) <= now)
    .map(({ id, status, endDate }) => ({ why: 'live for ever', id, status, endDate }));
}

async function wrongBalance({ api, dearestPlan, payments, periods }: Evidence): Promise<object[]> {
  const kept = payments
    .filter(({ status }) => KEPT.includes(status))
    .reduce((sum, { amount, refundedAmount }) => sum + amount - refundedAmount, 0);
  const inPeriods = periods.reduce((sum, { price, credited }) => sum + price - credited, 0);
  const { status, body } = await api.post('/v1/temp-orders', { planId: dearestPlan });
  const waits = payments.some((payment) => payment.status === 'WAITING_FOR_DEPOSIT');
  if (status !== 201 || body.amount <= 100 || waits || kept === inPeriods + body.balanceUsed) return [];
  return [{ why: 'money is in no period and in no balance', kept, inPeriods, balance: body.balanceUsed }];
}
