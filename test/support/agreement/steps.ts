import fc from 'fast-check';
import { faultOf, LOST } from '../faults.ts';

const HOUR_S = 3_600;

const FAULTS = {
  billing: [...LOST, 'in_progress', 'wrong_amount'],
  get: [...LOST, 'not_found_lag'],
  cancel: LOST,
  confirm: LOST,
};
const CODES = [
  'REJECT_CARD_PAYMENT',
  'INVALID_STOPPED_CARD',
  'NOT_AVAILABLE_BANK',
  'DUPLICATED_ORDER_ID',
  'SOMETHING_NEW',
];
const STATEMENTS = [
  'INSERT INTO invoice',
  'INSERT INTO payment',
  'UPDATE subscription',
  'UPDATE payment',
  'INSERT INTO subscription_period',
  'FOR NO KEY UPDATE',
  'UPDATE invoice',
  'COMMIT',
];
const plan = fc.integer({ min: 1, max: 2 });
const act = fc.oneof(
  // To moments at which something happens, just before and just after.
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('until' as const),
      what: fc.constantFrom('nextChargeAt' as const, 'endDate' as const),
      seconds: fc.constantFrom(-25 * HOUR_S, -HOUR_S, -2, 2, 5 * 60, HOUR_S, 25 * HOUR_S),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('advance' as const),
      seconds: fc.constantFrom(30, HOUR_S, 26 * HOUR_S, 8 * 24 * HOUR_S, 31 * 24 * HOUR_S),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('change' as const), plan }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('buy' as const), plan, by: fc.constantFrom('카드', '카드', '가상계좌') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('subscribe' as const), plan, trialDays: fc.constantFrom(0, 0, 3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom('cancel' as const, 'resume' as const, 'newCard' as const, 'useCard' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'consent' as const,
        'stop' as const,
        'deposit' as const,
        'revert' as const,
        'makeBalance' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('removeCard' as const), replace: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('pause' as const, 'unpause' as const, 'release' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('resolve' as const), outcome: fc.constantFrom('paid', 'not_paid') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('refund' as const),
      share: fc.constantFrom(0.5, 1),
      end: fc.boolean(),
      which: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('dashboard' as const),
      share: fc.constantFrom(0.5, 1),
      which: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('patch' as const),
      plan,
      price: fc.constantFrom(5_000, 9_900, 15_000, 30_000),
      months: fc.constantFrom(1, 1, 1, 3),
    }),
  },
);
/** Something that the customer, an operator, the provider or time does. */
export type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const trouble = fc.oneof(
  faultOf(FAULTS),
  fc.record({
    on: fc.constant('billing' as const),
    kind: fc.constant('refuse'),
    code: fc.constantFrom(...CODES),
    times: fc.integer({ min: 1, max: 3 }),
  }),
);
/** One or two acts, or trouble that is laid for what follows. */
export const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ acts: fc.tuple(act) }) },
  { weight: 2, arbitrary: fc.record({ trouble }) },
  // Two acts at once, the second a little later; a statement is held up, or the connections to PostgreSQL are cut.
  {
    weight: 3,
    arbitrary: fc.record({
      acts: fc.tuple(act, act),
      laterMs: fc.constantFrom(0, 0, 30, 120),
      stall: fc.option(fc.constantFrom(...STATEMENTS)),
      cutAfterMs: fc.option(fc.constantFrom(5, 20, 60, 150), { freq: 4 }),
    }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
