import { Injectable } from '@nestjs/common';
import { PrismaService, type Sql, sql } from '../platform/database/index.ts';

export interface SearchedFor {
  /** Whose payments alone are searched. undefined: everybody's */
  userId?: string | undefined;
  paymentKey?: string | undefined;
  cardLast4?: string | undefined;
  /** Any of the above, an order id or a user id. */
  q?: string | undefined;
}

/** The newest of so many are looked through; whoever has more than that at hand narrows the search by something else. */
const FOUND_AT_MOST = 1_000;

/** Finds orders by what a caller reads out: each by an index of its own, which one condition with ORs would not use. */
@Injectable()
export class PaymentSearch {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns undefined where nothing was searched for */
  async orderIds({ userId, paymentKey, cardLast4, q }: SearchedFor): Promise<string[] | undefined> {
    const wanted: Way[][] = [];
    const whose = userId === undefined ? sql`` : sql`AND payment.user_id = ${userId}`;
    if (paymentKey !== undefined) wanted.push([byKey(paymentKey)]);
    if (cardLast4 !== undefined) wanted.push([byCard(cardLast4)]);
    if (q !== undefined) wanted.push([byOrder(q), byUser(q), byKey(q), ...(/^\d{3}[\d*]$/.test(q) ? [byCard(q)] : [])]);
    if (wanted.length === 0) return undefined;
    const lists = await Promise.all(wanted.map((ways) => this.anyOf(ways.map((way) => way(whose)))));
    return lists.reduce((all, list) => all.filter((orderId) => list.includes(orderId)));
  }

  private async anyOf(ways: Sql[]): Promise<string[]> {
    const found = await Promise.all(ways.map((way) => this.prisma.$queryRaw<{ order_id: string }[]>(way)));
    return [...new Set(found.flat().map(({ order_id }) => order_id))];
  }
}

/** A search, narrowed to one user where `whose` says so: inside, so that others' payments do not use up the limit. */
type Way = (whose: Sql) => Sql;

const newest = sql`ORDER BY payment.created_at DESC LIMIT ${FOUND_AT_MOST}`;
const byOrder =
  (id: string): Way =>
  (whose) =>
    sql`SELECT order_id FROM payment WHERE order_id = ${id} ${whose}`;
const byKey =
  (key: string): Way =>
  (whose) =>
    sql`
  SELECT DISTINCT payment.order_id FROM payment_attempt JOIN payment USING (order_id)
    WHERE payment_attempt.payment_key = ${key} ${whose}`;
const byUser =
  (id: string): Way =>
  (whose) =>
    sql`SELECT order_id FROM payment WHERE user_id = ${id} ${whose} ${newest}`;

/** Toss masks some of a card's last digits with *, which then stands for any (docs: Payment, card.number). */
function byCard(last4: string): Way {
  const endings = [last4, `${last4.slice(0, 3)}*`, `${last4.slice(0, 2)}**`, `${last4.slice(0, 1)}***`];
  return (whose) =>
    sql`SELECT order_id FROM payment WHERE right(card_number, 4) = ANY(${endings}::text[]) ${whose} ${newest}`;
}
