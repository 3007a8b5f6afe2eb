import { randomUUID } from 'node:crypto';
import type { ChargeableMethod, Outcome, ProviderPayment, ProviderTransaction } from '../../../src/providers/index.ts';
import type { Order, ProviderDriver } from '../provider-driver.ts';

export type Driver = () => ProviderDriver;

const DAY_MS = 86_400_000;

export const newOrder = (amount = 9_900): Order => ({ orderId: `order-${randomUUID()}`, amount });
export const newKey = (): string => `key-${randomUUID()}`;

/** The payment of an approval. @throws Error that shows any other outcome */
export function approved(outcome: Outcome): ProviderPayment {
  if (outcome.kind !== 'approved') throw new Error(`not approved: ${JSON.stringify(outcome)}`);
  return outcome.payment;
}

/** The payment as the provider shows it. @throws Error where it shows none */
export async function shown({ provider }: ProviderDriver, providerRef: string): Promise<ProviderPayment> {
  const retrieval = await provider.retrieve({ providerRef });
  if (retrieval.kind !== 'found') throw new Error(`not found: ${JSON.stringify(retrieval)}`);
  return retrieval.payment;
}

/** A payment that was confirmed. */
export async function paid(driver: ProviderDriver, order = newOrder(), by: 'card' | 'deposit' = 'card') {
  const providerRef = await driver.authenticate(order, by);
  return approved(await driver.provider.confirm({ ...order, providerRef, idempotencyKey: newKey() }));
}

/** A payment method on file. */
export async function onFile(driver: ProviderDriver): Promise<ChargeableMethod> {
  const customerRef = `customer-${randomUUID()}`;
  const authorization = await driver.authorizeMethod(customerRef);
  const saved = await driver.provider.savePaymentMethod({ authorization, customerRef, idempotencyKey: newKey() });
  if (saved.kind !== 'saved') throw new Error(`not saved: ${JSON.stringify(saved)}`);
  return { reference: saved.reference, customerRef };
}

/** Everything that moved for an order, over all accounts. */
export async function movementsOf(driver: ProviderDriver, orderId: string): Promise<ProviderTransaction[]> {
  const now = (await driver.now()).getTime();
  const range = { from: new Date(now - 30 * DAY_MS), to: new Date(now + DAY_MS), limit: 1_000 };
  const found = new Map<string, ProviderTransaction>();
  for (const account of driver.provider.merchantAccounts) {
    const page = await driver.provider.listTransactions({ account, ...range });
    if (page.kind !== 'page') throw new Error(`no transactions: ${page.code}`);
    for (const row of page.rows) if (row.orderId === orderId) found.set(row.id, row);
  }
  return [...found.values()];
}
