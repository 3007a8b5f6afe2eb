import type { DifferenceKind } from '../platform/database/index.ts';
import type { PaymentState, ProviderTransaction } from '../providers/index.ts';

/** One movement of money: of a payment what was taken, or one cancel of it. */
export interface Line {
  providerRef: string;
  /** Of the cancel; empty for what was taken. */
  transactionKey: string;
  orderId: string;
  /** In won, positive. */
  amount: number;
  status: string;
}

export interface Difference {
  kind: DifferenceKind;
  providerRef: string;
  transactionKey: string;
  orderId: string;
  ours: { amount: number; status: string } | null;
  theirs: { amount: number; status: string } | null;
}

const CANCELS = new Set<PaymentState | null>(['canceled', 'partially_refunded']);
const TAKEN = new Set<PaymentState | null>(['paid', 'waiting_for_deposit']);

export const isCancel = ({ transactionKey }: Pick<Line, 'transactionKey'>): boolean => transactionKey !== '';
export const lineKey = ({ providerRef, transactionKey }: Pick<Line, 'providerRef' | 'transactionKey'>): string =>
  `${providerRef} ${transactionKey}`;

/** What the rows themselves say of a cancel: money went back, or none had come in; or the rows do not say. */
type Cancelled = 'returned' | 'unpaid' | 'unknown';

/**
 * Pure. A virtual account that is cancelled before its deposit shows the amount of its order, though no money moved:
 * what the payment was before the cancel decides. Rows of one second stand in the order in which the provider lists
 * them.
 */
function readCancels(rows: readonly ProviderTransaction[]): Map<string, Cancelled> {
  const inOrder = rows.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const before = new Map<string, PaymentState | null>();
  const found = new Map<string, Cancelled>();
  for (const { providerRef, id, state } of inOrder) {
    if (TAKEN.has(state)) before.set(providerRef, state);
    // Part of a deposit can only be given back once it is there.
    if (state === 'partially_refunded') found.set(id, 'returned');
    if (state !== 'canceled') continue;
    const known = before.get(providerRef);
    found.set(id, known === 'paid' ? 'returned' : known === undefined ? 'unknown' : 'unpaid');
  }
  return found;
}

/** Pure. The payments with a cancel of which the rows do not say whether money had come in. */
export function unknownCancels(rows: readonly ProviderTransaction[]): string[] {
  const cancels = readCancels(rows);
  const unknown = rows.filter(({ id }) => cancels.get(id) === 'unknown');
  return [...new Set(unknown.map(({ providerRef }) => providerRef))];
}

/**
 * Pure. The rows without the cancels that moved no money.
 *
 * @param unpaid of {@link unknownCancels}, the payments that had never taken money
 */
export function withoutEmptyCancels(
  rows: readonly ProviderTransaction[],
  unpaid: ReadonlySet<string>,
): ProviderTransaction[] {
  const cancels = readCancels(rows);
  return rows.filter(({ providerRef, id }) => {
    const cancelled = cancels.get(id);
    return cancelled !== 'unpaid' && !(cancelled === 'unknown' && unpaid.has(providerRef));
  });
}

/**
 * Pure. The provider's movements as lines: each cancel is one, and of each payment what was taken, less what the bank
 * took back (a virtual account that falls back to waiting). What moves no money is left out.
 */
export function linesOf(rows: readonly ProviderTransaction[]): Line[] {
  const taken = new Map<string, Line>();
  const cancels: Line[] = [];
  for (const { providerRef, id, orderId, state, providerState: status, amount } of rows) {
    if (CANCELS.has(state)) {
      cancels.push({ providerRef, transactionKey: id, orderId, status, amount: Math.abs(amount) });
    }
    if (!TAKEN.has(state)) continue;
    const line = taken.get(providerRef) ?? { providerRef, transactionKey: '', orderId, status, amount: 0 };
    taken.set(providerRef, { ...line, status, amount: line.amount + (state === 'paid' ? amount : -Math.abs(amount)) });
  }
  return [...taken.values(), ...cancels].filter(({ amount }) => amount > 0);
}

/**
 * Pure. Where our records and the provider's differ.
 *
 * @param ours what our records say of the day; `known`: what they say of any day, by {@link lineKey}
 * @param theirs what the provider says of the day; `around`: and of the minutes before and after it
 */
export function differencesBetween(
  ours: readonly Line[],
  known: ReadonlyMap<string, Line>,
  theirs: readonly Line[],
  around: ReadonlySet<string>,
): Difference[] {
  const found: Difference[] = [];
  for (const line of theirs) {
    const { providerRef, transactionKey, orderId, amount, status } = line;
    const here = known.get(lineKey(line));
    const difference = { providerRef, transactionKey, orderId, theirs: { amount, status } };
    if (!here) found.push({ kind: 'MISSING_HERE', ours: null, ...difference });
    else if (here.amount === 0)
      found.push({ kind: 'STATUS', ours: { amount: here.amount, status: here.status }, ...difference });
    else if (here.amount !== amount)
      found.push({ kind: 'AMOUNT', ours: { amount: here.amount, status: here.status }, ...difference });
  }
  for (const line of ours) {
    const { providerRef, transactionKey, orderId, amount, status } = line;
    if (!around.has(lineKey(line)))
      found.push({
        kind: 'MISSING_THERE',
        providerRef,
        transactionKey,
        orderId,
        ours: { amount, status },
        theirs: null,
      });
  }
  return found;
}
