import { Injectable } from '@nestjs/common';
import { PrismaService, statement, t, type Types } from '../platform/database/index.ts';

export interface SearchedFor {
  /** Whose payments alone are searched. undefined: any user's */
  userId?: string | undefined;
  paymentKey?: string | undefined;
  cardLast4?: string | undefined;
  /** Any of the above, an order id or a user id. */
  q?: string | undefined;
}

/** Of one user only where `userId` is given: in the search itself, so that others' payments do not use up the limit. */
const WHOSE = '(:userId::text IS NULL OR payment.user_id = :userId)';
/** The newest of so many are searched; a caller with more narrows the search by another field. */
const NEWEST = 'ORDER BY payment.created_at DESC LIMIT 1000';

const BY_ORDER = search('order', t.text, `SELECT order_id FROM payment WHERE order_id = :of AND ${WHOSE}`);
const BY_USER = search('user', t.text, `SELECT order_id FROM payment WHERE user_id = :of AND ${WHOSE} ${NEWEST}`);
const BY_KEY = search(
  'key',
  t.text,
  `SELECT DISTINCT payment.order_id FROM payment_attempt JOIN payment USING (order_id)
   WHERE payment_attempt.provider_ref = :of AND ${WHOSE}`,
);
const BY_CARD = search(
  'card',
  t.list(t.text),
  `SELECT order_id FROM payment WHERE right(card_number, 4) = ANY(:of) AND ${WHOSE} ${NEWEST}`,
);

function search<Of extends Types[string]>(by: string, of: Of, sql: string) {
  return statement(`payments.search-by-${by}`, {
    params: { of, userId: t.nullable(t.text) },
    row: { orderId: t.text },
    sql,
  });
}

/** Finds orders by what a caller reads out: each by an index of its own, which one condition with ORs would not use. */
@Injectable()
export class PaymentSearch {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns undefined where nothing was searched for */
  async orderIds({ userId, paymentKey, cardLast4, q }: SearchedFor): Promise<string[] | undefined> {
    const whose = userId ?? null;
    const byKey = (of: string) => this.prisma.run(BY_KEY, { of, userId: whose });
    const byCard = (last4: string) => this.prisma.run(BY_CARD, { of: shownAs(last4), userId: whose });
    const byAny = async (of: string) => {
      const ways = [this.prisma.run(BY_ORDER, { of, userId: whose }), this.prisma.run(BY_USER, { of, userId: whose })];
      if (/^\d{3}[\d*]$/.test(of)) ways.push(byCard(of));
      return (await Promise.all([...ways, byKey(of)])).flat();
    };
    const searches = [
      ...(paymentKey === undefined ? [] : [byKey(paymentKey)]),
      ...(cardLast4 === undefined ? [] : [byCard(cardLast4)]),
      ...(q === undefined ? [] : [byAny(q)]),
    ];
    if (searches.length === 0) return undefined;
    const lists = (await Promise.all(searches)).map((rows) => [...new Set(rows.map(({ orderId }) => orderId))]);
    return lists.reduce((all, list) => all.filter((orderId) => list.includes(orderId)));
  }
}

/** Toss masks some of a card's last digits with *, which then stands for any (docs: Payment, card.number). */
const shownAs = (last4: string): string[] => [
  last4,
  `${last4.slice(0, 3)}*`,
  `${last4.slice(0, 2)}**`,
  `${last4.slice(0, 1)}***`,
];
