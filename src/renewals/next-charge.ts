import { type Sql, sql } from '../platform/database/index.ts';
import { amountToChargeSql, availableBalance } from '../subscriptions/index.ts';

/** What the next charge of a subscription buys, and takes from the card. In won. */
export interface NextCharge {
  planId: number;
  months: number;
  price: number;
  balanceUsed: number;
  amount: number;
}

/**
 * The one calculation that the claim, the notice and the operators' day read: a lateral join over a row of subscriptions, with the
 * columns plan_id, months, price, balance_used, amount.
 */
export function nextCharge(of: Sql, now: Date): Sql {
  return sql`LATERAL (
    SELECT agreement.plan_id, agreement.months, agreement.price, agreement.price - charge.amount AS balance_used, charge.amount
    FROM (SELECT COALESCE(${of}.next_plan_id, ${of}.agreed_plan_id) AS plan_id, COALESCE(${of}.next_price, ${of}.agreed_price) AS price,
        COALESCE(${of}.next_months, ${of}.agreed_months) AS months) agreement
    CROSS JOIN LATERAL (SELECT ${availableBalance(sql`${of}.user_id`, now)} AS available) balance
    CROSS JOIN LATERAL (SELECT ${amountToChargeSql(sql`agreement.price`, sql`balance.available`)} AS amount) charge
  )`;
}

/** Whether a renewal of a subscription was approved within a day: nobody is charged for two periods on one. */
export function isChargedWithin(subscriptionId: Sql, from: Date, to: Date): Sql {
  return sql`EXISTS (
    SELECT FROM payment renewed JOIN payment_attempt made ON made.order_id = renewed.order_id AND made.outcome = 'APPROVED'
    WHERE renewed.subscription_id = ${subscriptionId} AND renewed.status IN ('SUCCESS', 'PARTIALLY_REFUNDED')
      AND made.answered_at >= ${from}::timestamptz AND made.answered_at < ${to}::timestamptz)`;
}

/** The law's: consent is good for so long (E-commerce Act of Korea, Article 13, paragraph 6). */
export const CONSENT_DAYS = 30;

/** The newest consent to what is about to be charged, given lately enough; NULL for none. */
export function consentTo(subscription: Sql, charge: Sql, now: Date): Sql {
  return sql`
    (SELECT consent.id FROM consent
     WHERE consent.subscription_id = ${subscription}.id AND consent.plan_id = ${charge}.plan_id AND consent.price >= ${charge}.price
       AND consent.given_at BETWEEN ${now}::timestamptz - make_interval(days => ${CONSENT_DAYS}) AND ${now}::timestamptz
     ORDER BY consent.given_at DESC LIMIT 1)`;
}
