import { columnList } from '../platform/database/column-types.ts';
import { type RenewalState, statement, t } from '../platform/database/index.ts';
import { CONSENT_DAYS } from './renewal.policy.ts';
import { subscriptionColumns } from './subscription.columns.ts';

/** A consent that is good still. */
export interface ConsentGiven {
  id: string;
  planId: number;
  /** In won, for a period: up to this may be charged. */
  price: number;
}

const row = {
  ...subscriptionColumns,
  available: t.int,
  consents: t.json<ConsentGiven[]>(),
  method: t.nullable(t.text),
  issuerCode: t.nullable(t.text),
  cardNumber: t.nullable(t.text),
  cardType: t.nullable(t.text),
};

/** A subscription with all that its next charge is worked out from. */
const RENEWAL = `
  SELECT ${columnList(subscriptionColumns, 'mine')},
    available_balance(mine.user_id, :now::timestamptz, '') AS available,
    (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', id, 'planId', plan_id, 'price', price)
        ORDER BY given_at DESC), '[]')
      FROM consent WHERE subscription_id = mine.id
        AND given_at BETWEEN :now::timestamptz - interval '${CONSENT_DAYS} days' AND :now::timestamptz) AS consents,
    card.method, card.issuer_code, card.card_number, card.card_type
  FROM subscription mine LEFT JOIN payment_method card ON card.id = mine.payment_method_id`;

export const RENEWALS_BY_ID = statement('renewals.by_id', {
  params: { ids: t.list(t.uuid), now: t.instant },
  row,
  sql: `${RENEWAL} WHERE mine.id = ANY(:ids::uuid[]) ORDER BY mine.next_charge_at, mine.id`,
});

/** Those that are charged before an instant and wait for nothing, in order. */
export const RENEWALS_TO_ANNOUNCE = statement('renewals.to_announce', {
  params: { until: t.instant, afterAt: t.instant, afterId: t.uuid, limit: t.long, now: t.instant },
  row,
  sql: `${RENEWAL}
    WHERE mine.next_charge_at < :until::timestamptz AND mine.renewal_held_at IS NULL AND mine.past_due_since IS NULL
      AND (mine.next_charge_at, mine.id) > (:afterAt::timestamptz, :afterId::uuid)
    ORDER BY mine.next_charge_at, mine.id LIMIT :limit`,
});

/** Those that are charged within a time, on hold or not, in order. */
export const RENEWALS_PLANNED = statement('renewals.planned', {
  params: { from: t.instant, to: t.instant, afterAt: t.instant, afterId: t.uuid, limit: t.long, now: t.instant },
  row,
  sql: `${RENEWAL}
    WHERE mine.next_charge_at >= :from::timestamptz AND mine.next_charge_at < :to::timestamptz
      AND (mine.next_charge_at, mine.id) > (:afterAt::timestamptz, :afterId::uuid)
    ORDER BY mine.next_charge_at, mine.id LIMIT :limit`,
});

/**
 * Records announcements of rows that are as they were read. Unless `again`, of any number of programs at once one
 * records it.
 *
 * @returns those that were recorded
 */
export const ANNOUNCE = statement('renewals.announce', {
  params: {
    again: t.bool,
    rows: t.rows({
      id: t.uuid,
      readVersion: t.int,
      version: t.int,
      announcedFor: t.nullable(t.instant),
      announcedAmount: t.nullable(t.int),
      nextChargeAt: t.nullable(t.instant),
      renewalState: t.oneOf<RenewalState>('RenewalState'),
    }),
  },
  row: { id: t.uuid },
  sql: `
    UPDATE subscription SET announced_for = given.announced_for, announced_amount = given.announced_amount,
      next_charge_at = given.next_charge_at, renewal_state = given.renewal_state, version = given.version
    FROM jsonb_to_recordset(:rows::jsonb) AS given (id uuid, read_version int4, version int4,
      announced_for timestamptz, announced_amount int4, next_charge_at timestamptz, renewal_state "RenewalState")
    WHERE subscription.id = given.id AND subscription.version = given.read_version
      AND (:again::bool OR (subscription.announced_for, subscription.announced_amount)
        IS DISTINCT FROM (given.announced_for, given.announced_amount))
    RETURNING subscription.id`,
});

/** When the next one is due. */
export const NEXT_DUE = statement('renewals.next_due', {
  params: {},
  row: { due: t.nullable(t.instant) },
  sql: `
    SELECT min(next_charge_at) AS due FROM subscription
    WHERE next_charge_at IS NOT NULL AND renewal_held_at IS NULL AND renewal_order_id IS NULL
      AND NOT EXISTS (SELECT FROM renewal_switch WHERE paused_at IS NOT NULL)`,
});
