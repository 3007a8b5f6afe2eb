import { expect } from '@jest/globals';
import type { TestDatabase } from './database.ts';
import type { Simulator } from './simulator.ts';
import { eventually, type World } from './world.ts';

/**
 * What must be true after every flow, whatever broke on the way: our books say what Toss says, nothing stays unknown,
 * and every paid order was granted exactly once.
 */
export async function expectBooksToAgree({
  database,
  simulator,
}: {
  database: TestDatabase;
  simulator: Simulator;
}): Promise<void> {
  const [unknown] = await database.query(`
    SELECT (SELECT count(*)::int FROM payment WHERE status = 'PENDING') AS payments,
           (SELECT count(*)::int FROM refund WHERE status = 'PENDING') AS refunds`);
  expect({ unknown }).toEqual({ unknown: { payments: 0, refunds: 0 } });

  const ours = await database.query<{ key: string; held: number }>(
    `SELECT provider_ref AS key, amount - refunded_amount AS held FROM payment
     WHERE status IN ('SUCCESS', 'PARTIALLY_REFUNDED') AND amount > 0 ORDER BY provider_ref`,
  );
  const { payments } = await simulator.books();
  const theirs = payments
    .filter(({ approvedAt, balanceAmount }) => approvedAt !== null && balanceAmount > 0)
    .map(({ paymentKey, balanceAmount }) => ({ key: paymentKey, held: balanceAmount }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  expect(ours.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(theirs);

  const ungranted = await database.query(`
    SELECT payment.order_id, payment.status, count(DISTINCT period.id) AS periods, count(DISTINCT gift.id) AS gifts
    FROM payment
    LEFT JOIN subscription_period period ON period.order_id = payment.order_id
    LEFT JOIN event_entry gift ON gift.order_id = payment.order_id AND gift.amount > 0
      AND gift.round = payment.reversal_count
    LEFT JOIN balance_entry kept ON kept.order_id = payment.order_id AND kept.reason = 'kept'
      AND kept.round = payment.reversal_count
    GROUP BY payment.order_id
    HAVING count(DISTINCT period.id) + count(DISTINCT gift.id) + count(DISTINCT kept.id) 
      <> CASE WHEN payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED') THEN 1 ELSE 0 END
      AND NOT (payment.status = 'REFUNDED' AND count(period.voided_at) = count(period.id))`);
  expect(ungranted).toEqual([]);

  // What went back: as Toss has it, cancel by cancel.
  const refunds = await database.query<{ paymentKey: string; key: string; amount: number }>(`
    SELECT provider_ref AS "paymentKey", transaction_key AS key, refund.amount FROM payment
      LEFT JOIN refund ON refund.order_id = payment.order_id AND refund.status = 'REFUNDED'
    WHERE payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')`);
  const paid = new Set(refunds.map(({ paymentKey }) => paymentKey));
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
  const cancels = payments.filter(({ paymentKey }) => paid.has(paymentKey)).flatMap((payment) => payment.cancels ?? []);
  expect(
    refunds
      .filter(({ key }) => key !== null)
      .map(({ key, amount }) => ({ key, amount }))
      .toSorted(byKey),
  ).toEqual(
    cancels.map(({ transactionKey, cancelAmount }) => ({ key: transactionKey, amount: cancelAmount })).toSorted(byKey),
  );

  const wrongSums = await database.query(`
    SELECT * FROM (
      SELECT order_id, duration_months, payment.amount, refunded_amount,
        (SELECT COALESCE(sum(refund.amount), 0) FROM refund WHERE refund.order_id = payment.order_id
          AND refund.status = 'REFUNDED') AS refunds,
        (SELECT COALESCE(sum(gift.amount), 0) FROM event_entry gift WHERE gift.order_id = payment.order_id) AS gathered
      FROM payment JOIN invoice USING (order_id)
      WHERE payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')
    ) sums WHERE refunds <> refunded_amount OR (duration_months IS NULL AND gathered <> amount - refunded_amount)`);
  expect(wrongSums).toEqual([]);

  // Every won of every order is in a period or in the balance; what a change credited paid for the next period.
  const unaccounted = await database.query(`
    SELECT user_id, paid, spent, balance FROM (
      SELECT payment.user_id, sum(payment.amount - refunded_amount) AS paid,
        (SELECT COALESCE(sum(price - credited), 0) FROM subscription_period
          JOIN subscription s ON s.id = subscription_id WHERE s.user_id = payment.user_id) AS spent,
        (SELECT COALESCE(sum(amount), 0) FROM balance_entry WHERE balance_entry.user_id = payment.user_id) AS balance
      FROM payment JOIN invoice USING (order_id)
      WHERE payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED') AND duration_months IS NOT NULL
      GROUP BY payment.user_id
    ) users WHERE paid <> spent + balance`);
  expect(unaccounted).toEqual([]);

  const leftOver = await database.query(`
    SELECT order_id FROM invoice JOIN payment USING (order_id)
    WHERE invoice.status = 'DRAFT'
      AND payment.status IN ('SUCCESS', 'WAITING_FOR_DEPOSIT', 'PARTIALLY_REFUNDED', 'REFUNDED')`);
  expect(leftOver).toEqual([]);

  const gapsAndOverlaps = await database.query(`
    SELECT * FROM (
      SELECT subscription_id, starts_at, lag(ends_at) OVER (PARTITION BY subscription_id ORDER BY starts_at) AS before
      FROM subscription_period WHERE voided_at IS NULL
    ) periods WHERE before IS NOT NULL AND before <> starts_at AND NOT (before < starts_at AND EXISTS (
      -- Where a period was that was refunded, or whose deposit the bank took back, nothing stands.
      SELECT FROM subscription_period gone LEFT JOIN payment ON payment.order_id = gone.order_id
      WHERE (payment.status = 'REFUNDED' OR gone.order_id IS NULL) AND gone.credited = gone.price
        AND gone.subscription_id = periods.subscription_id AND gone.voided_at IS NOT NULL
        AND gone.starts_at < periods.starts_at AND gone.ends_at > periods.before))`);
  expect(gapsAndOverlaps).toEqual([]);

  const wrongEnds = await database.query(`
    SELECT subscription.id FROM subscription JOIN subscription_period ON subscription_id = subscription.id
      AND voided_at IS NULL
    GROUP BY subscription.id HAVING max(ends_at) <> end_date OR min(starts_at) <> start_date`);
  expect(wrongEnds).toEqual([]);
}

/** Moves the clock until the outcome of every payment, void and refund is known. */
export async function untilNothingIsPending({ api, database }: World): Promise<void> {
  await eventually('everything to be settled', async () => {
    // Past the ten minutes in which a confirm is possible, and most of the poller's attempts.
    await api.post('/v1/sandbox/clock', { advance: 'PT31M' });
    const open = await database.query(
      `SELECT order_id FROM payment WHERE status = 'PENDING' UNION ALL SELECT order_id FROM payment_void
        WHERE status = 'PENDING' UNION ALL SELECT order_id FROM refund WHERE status = 'PENDING'`,
    );
    return open.length === 0;
  });
}
