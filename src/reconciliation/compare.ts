import type { DifferenceKind } from '../db/index.ts';
import type { TossTransaction } from '../toss/index.ts';

/** One movement of money: of a payment what was taken, or one cancel of it. */
export interface Line {
  paymentKey: string;
  /** Of the cancel; empty for what was taken. */
  transactionKey: string;
  orderId: string;
  /** In won, positive. */
  amount: number;
  status: string;
}

export interface Difference {
  kind: DifferenceKind;
  paymentKey: string;
  transactionKey: string;
  orderId: string;
  ours: { amount: number; status: string } | null;
  theirs: { amount: number; status: string } | null;
}

const CANCELS = new Set(['CANCELED', 'PARTIAL_CANCELED']);
const TAKEN = new Set(['DONE', 'WAITING_FOR_DEPOSIT']);

export const isCancel = ({ transactionKey }: Pick<Line, 'transactionKey'>): boolean => transactionKey !== '';
export const lineKey = ({ paymentKey, transactionKey }: Pick<Line, 'paymentKey' | 'transactionKey'>): string => `${paymentKey} ${transactionKey}`;

/**
 * Pure. Toss's movements as lines: each cancel is one, and of each payment what was taken, less what the bank took back (a
 * virtual account that falls back to waiting). What moves no money is left out.
 */
export function linesOf(rows: readonly TossTransaction[]): Line[] {
  const taken = new Map<string, Line>();
  const cancels: Line[] = [];
  for (const { paymentKey, transactionKey, orderId, status, amount } of rows) {
    if (CANCELS.has(status)) cancels.push({ paymentKey, transactionKey, orderId, status, amount: Math.abs(amount) });
    if (!TAKEN.has(status)) continue;
    const line = taken.get(paymentKey) ?? { paymentKey, transactionKey: '', orderId, status, amount: 0 };
    taken.set(paymentKey, { ...line, status, amount: line.amount + (status === 'DONE' ? amount : -Math.abs(amount)) });
  }
  return [...taken.values(), ...cancels].filter(({ amount }) => amount > 0);
}

/**
 * Pure. Where two books differ.
 *
 * @param ours what our books say of the day; `known`: what they say of any day, by {@link lineKey}
 * @param theirs what Toss says of the day; `around`: and of the minutes before and after it
 */
export function differencesBetween(ours: readonly Line[], known: ReadonlyMap<string, Line>, theirs: readonly Line[], around: ReadonlySet<string>): Difference[] {
  const found: Difference[] = [];
  for (const line of theirs) {
    const { paymentKey, transactionKey, orderId, amount, status } = line;
    const here = known.get(lineKey(line));
    const told = { paymentKey, transactionKey, orderId, theirs: { amount, status } };
    if (!here) found.push({ kind: 'MISSING_HERE', ours: null, ...told });
    else if (here.amount === 0) found.push({ kind: 'STATUS', ours: { amount: here.amount, status: here.status }, ...told });
    else if (here.amount !== amount) found.push({ kind: 'AMOUNT', ours: { amount: here.amount, status: here.status }, ...told });
  }
  for (const line of ours) {
    const { paymentKey, transactionKey, orderId, amount, status } = line;
    if (!around.has(lineKey(line))) found.push({ kind: 'MISSING_THERE', paymentKey, transactionKey, orderId, ours: { amount, status }, theirs: null });
  }
  return found;
}
