import { invariant } from './invariant.ts';

/** Every won is in a period, an event, a balance or a refund, or on its way back. */
export const MONEY_INVARIANTS = [
  invariant({
    name: 'invoices_add_up',
    says: 'the lines of every invoice add up to its amount, and its payment collects just that',
    sql: `
      SELECT count(*) AS broken FROM invoice
      LEFT JOIN (SELECT order_id, sum(amount) AS total FROM invoice_line GROUP BY 1) explained USING (order_id)
      LEFT JOIN payment USING (order_id)
      WHERE invoice.amount IS DISTINCT FROM explained.total OR payment.amount <> invoice.amount`,
  }),
  invariant({
    name: 'invoices_follow_their_payments',
    says: 'an invoice is paid while its payment is, and open only while it is being collected',
    sql: `
      SELECT count(*) AS broken FROM invoice LEFT JOIN payment USING (order_id)
      WHERE (invoice.status = 'PAID') <> (payment.status IS NOT NULL
          AND payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED'))
        OR (invoice.status = 'OPEN' AND payment.status NOT IN ('PENDING', 'WAITING_FOR_DEPOSIT'))`,
  }),
  invariant({
    name: 'paid_is_granted_once',
    says: 'every paid order granted exactly one period or event entry, or was credited to the balance',
    sql: `
      SELECT count(*) AS broken FROM payment
      LEFT JOIN (SELECT order_id, count(*) AS times FROM subscription_period WHERE order_id IS NOT NULL
        GROUP BY 1) period USING (order_id)
      LEFT JOIN (SELECT order_id, round, count(*) AS times FROM event_entry WHERE amount > 0 GROUP BY 1, 2) contribution
        ON contribution.order_id = payment.order_id AND contribution.round = payment.reversal_count
      LEFT JOIN (SELECT order_id, round, count(*) AS times FROM balance_entry WHERE reason = 'kept' GROUP BY 1, 2) kept
        ON kept.order_id = payment.order_id AND kept.round = payment.reversal_count
      WHERE payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED')
        AND COALESCE(period.times, 0) + COALESCE(contribution.times, 0) + COALESCE(kept.times, 0) <> 1`,
  }),
  invariant({
    name: 'no_period_without_money',
    says: 'the order of every period that stands is paid',
    sql: `
      SELECT count(*) AS broken FROM subscription_period period JOIN payment USING (order_id)
      WHERE period.voided_at IS NULL AND payment.status NOT IN ('SUCCESS', 'PARTIALLY_REFUNDED')`,
  }),
  invariant({
    name: 'free_periods_are_explained',
    says: 'every period without an order is a trial, a change of plan, or was paid for from the balance',
    // A trial is where the subscription begins, a change has ended another period, a balance was used in the same
    // statement.
    sql: `
      SELECT count(*) AS broken
      FROM subscription_period period JOIN subscription ON subscription.id = period.subscription_id
      WHERE period.order_id IS NULL AND period.voided_at IS NULL
        AND NOT (period.price = 0 AND period.starts_at = subscription.start_date)
        AND period.id NOT IN (SELECT ended_by_id FROM subscription_period WHERE ended_by_id IS NOT NULL)
        AND NOT EXISTS (
          SELECT FROM balance_entry used
          WHERE used.user_id = subscription.user_id AND used.reason = 'used' AND used.order_id IS NULL
            AND used.created_at = period.created_at)`,
  }),
  invariant({
    name: 'refunds_add_up',
    says: 'the refunded amount of a payment is the sum of its refunds',
    sql: `
      SELECT count(*) AS broken FROM payment
      LEFT JOIN (SELECT order_id, sum(amount) AS total FROM refund WHERE status = 'REFUNDED'
        GROUP BY 1) refunds USING (order_id)
      WHERE payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')
        AND payment.refunded_amount <> COALESCE(refunds.total, 0)`,
  }),
  invariant({
    name: 'refunds_name_their_transaction',
    says:
      'every completed refund has the transaction key of its cancel, ' +
      'unless it closed an account before the deposit',
    sql: `
      SELECT count(*) AS broken FROM refund
      WHERE status = 'REFUNDED' AND transaction_key IS NULL AND NOT before_deposit`,
  }),
  invariant({
    name: 'paid_keys_were_not_canceled',
    says: 'no payment that counts as paid was given back by a net cancel',
    sql: `
      SELECT count(*) AS broken FROM payment_void JOIN payment USING (provider_ref)
      WHERE payment_void.status = 'CANCELED' AND payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')`,
  }),
  invariant({
    name: 'reversed_deposits_are_resolved',
    says: 'no partly refunded deposit that the bank reversed is without an operator’s decision',
    sql: `
      SELECT count(*) AS broken FROM payment
      WHERE reversed_at IS NOT NULL AND status = 'PARTIALLY_REFUNDED' AND NOT EXISTS (
        SELECT FROM reconciliation_difference decided
        WHERE decided.provider_ref = payment.provider_ref AND decided.resolved_at >= payment.reversed_at
          AND decided.resolved_by <> 'reconcile')`,
  }),
  invariant({
    name: 'events_say_what_was_given',
    says: 'the event entries of an order add up to what was paid less what was refunded',
    sql: `
      SELECT count(*) AS broken
      FROM (SELECT order_id, sum(amount) AS total FROM event_entry GROUP BY 1) entries JOIN payment USING (order_id)
      WHERE entries.total <> CASE WHEN payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')
        THEN payment.amount - payment.refunded_amount ELSE 0 END`,
  }),
  invariant({
    name: 'every_won_is_somewhere',
    says: 'the payments of a user, less refunds, are in their periods or their balance',
    sql: `
      SELECT count(*) AS broken FROM (
        SELECT payment.user_id, sum(payment.amount - refunded_amount) AS won FROM payment JOIN invoice USING (order_id)
        WHERE payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED')
          AND duration_months IS NOT NULL GROUP BY 1
      ) paid
      FULL JOIN (
        SELECT user_id, sum(price - credited) AS won FROM subscription_period JOIN subscription
          ON subscription.id = subscription_id GROUP BY 1
      ) spent USING (user_id)
      FULL JOIN (SELECT user_id, sum(amount) AS won FROM balance_entry GROUP BY 1) balance USING (user_id)
      WHERE COALESCE(paid.won, 0) <> COALESCE(spent.won, 0) + COALESCE(balance.won, 0)`,
  }),
  invariant({
    name: 'used_balance_is_booked',
    says: 'what a paid order used of the balance was taken from the balance',
    sql: `
      SELECT count(*) AS broken FROM payment JOIN invoice USING (order_id)
      LEFT JOIN (SELECT order_id, round, sum(amount) AS total FROM balance_entry WHERE reason = 'used'
        GROUP BY 1, 2) used
        ON used.order_id = payment.order_id AND used.round = payment.reversal_count
      LEFT JOIN (SELECT DISTINCT order_id, round FROM balance_entry WHERE reason = 'kept') kept
        ON kept.order_id = payment.order_id AND kept.round = payment.reversal_count
      WHERE payment.status IN ('SUCCESS', 'PARTIALLY_REFUNDED') AND kept.order_id IS NULL
        AND invoice.balance_used <> -COALESCE(used.total, 0)`,
  }),
  invariant({
    name: 'no_balance_is_overdrawn',
    says: 'a user owes less than the smallest charge, unless a refund explains it',
    uses: ['leastCharge'],
    sql: `
      SELECT count(*) AS broken FROM (
        SELECT FROM balance_entry GROUP BY user_id HAVING sum(amount) <= -(:leastCharge::int)
          AND count(*) FILTER (WHERE reason = 'refund') = 0
      ) overdrawn`,
  }),
];
