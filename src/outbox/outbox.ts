import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { SETTINGS, type Settings } from '../config.ts';
import { Prisma, PrismaService, type Sql, sql, statement, t, type Tx } from '../platform/database/index.ts';

/** Everything that the outside is told. docs/messages.md says what each carries. */
export const MESSAGE_TYPES = [
  'payment.succeeded',
  'payment.failed',
  'payment.refunded',
  'payment.reversed',
  'subscription.activated',
  'subscription.extended',
  'subscription.changed',
  'subscription.change_scheduled',
  'subscription.change_withdrawn',
  'subscription.canceled',
  'subscription.resumed',
  'subscription.expired',
  'subscription.renewal_upcoming',
  'subscription.past_due',
  'subscription.card_needed',
  'subscription.card_changed',
  'subscription.card_removed',
  'subscription.consent_missing',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Something that happened, as plain data. */
export interface NewEvent {
  type: MessageType;
  userId: string;
  subscriptionId?: string | null;
  orderId?: string | null;
  data: object;
}

/** What happened. A value is the same for every row of the statement's `from`; an expression is read from it. */
export interface News {
  type: MessageType;
  userId: string | Sql;
  /** Messages about one subscription are delivered in order. */
  subscriptionId?: string | Sql;
  /** Messages about one payment, too. */
  orderId?: string | Sql;
  /** Besides the ids, which are told too. No secrets, no card numbers: it leaves the house. */
  data: object | Sql;
}

/** A UUID of version 7, made where the row is: a random one would touch another page of its index every time. */
const newUuid = sql`
  (overlay(lpad(to_hex((EXTRACT(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') PLACING '-' FROM 9 FOR 0) || '-7' || substr(gen_random_uuid()::text, 16))::uuid`;

/** Writes messages. */
@Injectable()
export class Outbox {
  private readonly hasReceiver: boolean;

  constructor(
    private readonly prisma: PrismaService,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.hasReceiver = settings.outboundWebhook !== null;
  }

  /**
   * The write of a message for each row of `from`: a common table expression of the statement that makes it happen, so that one
   * is never there without the other. To keep their order, `from` must come from rows that the statement has locked: the
   * subscription's, or the payment's.
   */
  message({ type, userId, subscriptionId, orderId, data }: News, from: Sql, now: Date): Sql {
    const [status, due] = this.hasReceiver ? ['PENDING', now] : ['KEPT', null];
    return sql`
      INSERT INTO outgoing_event (uuid, type, user_id, subscription_id, order_id, data, status, next_try_at, created_at)
      SELECT ${newUuid}, ${type}, ${userId}, ${subscriptionId ?? null}::uuid, ${orderId ?? null}, ${isSql(data) ? data : JSON.stringify(data)}::jsonb,
             ${status}::"OutgoingEventStatus", ${due}::timestamptz, ${now}::timestamptz
      FROM ${from}`;
  }

  /** The rows of events, for a statement that writes them with what made them happen. */
  rows(events: readonly NewEvent[], now: Date) {
    return events.map(({ type, userId, subscriptionId = null, orderId = null, data }) => ({
      uuid: uuid(),
      type,
      userId,
      subscriptionId,
      orderId,
      data: data as Prisma.JsonObject,
      status: this.hasReceiver ? 'PENDING' : 'KEPT',
      nextTryAt: this.hasReceiver ? now : null,
    }));
  }

  /** Writes events in the caller's transaction, in the order that they are given in. */
  async write(tx: Tx, events: News | readonly NewEvent[], now: Date): Promise<void> {
    if (!isList(events)) await tx.$executeRaw(this.message(events, sql`(SELECT) AS once`, now));
    else if (events.length > 0) await this.prisma.run(WRITE_EVENTS, { events: this.rows(events, now), now }, tx);
  }
}

const WRITE_EVENTS = statement('outbox.write', {
  params: {
    now: t.instant,
    events: t.rows({
      uuid: t.uuid,
      type: t.text,
      userId: t.text,
      subscriptionId: t.nullable(t.uuid),
      orderId: t.nullable(t.text),
      data: t.json<Prisma.JsonValue>(),
      status: t.text,
      nextTryAt: t.nullable(t.instant),
    }),
  },
  row: {},
  sql: `
    INSERT INTO outgoing_event (uuid, type, user_id, subscription_id, order_id, data, status, next_try_at, created_at)
    SELECT uuid, type, user_id, subscription_id, order_id, data, status::"OutgoingEventStatus", next_try_at,
      :now::timestamptz
    FROM jsonb_to_recordset(:events::jsonb) AS event (
      uuid uuid, type text, user_id text, subscription_id uuid, order_id text, data jsonb, status text,
      next_try_at timestamptz)`,
});

const isList = (events: News | readonly NewEvent[]): events is readonly NewEvent[] => Array.isArray(events);
const isSql = (value: object): value is Sql => value instanceof Prisma.Sql;
