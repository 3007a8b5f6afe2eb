import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { outboxConfig } from '../config-namespaces.ts';
import { Prisma, PrismaService, type Sql, sql, type Tx } from '../platform/database/index.ts';
import type { EventType, NewEvent } from './event-catalogue.ts';
import { eventRows, WRITE_EVENTS } from './event-rows.ts';

/** What happened, for {@link Outbox.message}: a value, or an expression that is read from the statement's `from`. */
export interface News {
  type: EventType;
  userId: string | Sql;
  /** Events about one subscription are delivered in order, */
  subscriptionId?: string | Sql;
  /** and those about one payment too. */
  orderId?: string | Sql;
  data: object | Sql;
}

/** A UUID of version 7, made where the row is: a random one would touch another page of its index every time. */
const newUuid = sql`
  (overlay(lpad(to_hex((EXTRACT(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') PLACING '-' FROM 9 FOR 0)
    || '-7' || substr(gen_random_uuid()::text, 16))::uuid`;

/** Writes outgoing events, in the transaction that makes them happen: one is never there without the other. */
@Injectable()
export class Outbox {
  constructor(
    private readonly prisma: PrismaService,
    @Inject(outboxConfig.KEY) private readonly config: ConfigType<typeof outboxConfig>,
  ) {}

  /**
   * Writes events in one statement. To keep their order, the transaction must have locked the subscription or the
   * payment that they are about before.
   */
  async write(tx: Tx, events: readonly NewEvent[] | News, now: Date): Promise<void> {
    if (!('length' in events)) return void (await tx.$executeRaw(this.message(events, sql`(SELECT) AS once`, now)));
    if (events.length === 0) return;
    await this.prisma.run(WRITE_EVENTS, { events: eventRows(events, now, this.config) }, tx);
  }

  /**
   * The write of an event for each row of `from`: a common table expression of the statement that makes it happen. To
   * keep their order, `from` must come from rows that the statement has locked.
   */
  message({ type, userId, subscriptionId, orderId, data }: News, from: Sql, now: Date): Sql {
    const [status, due] = this.config.outboundWebhook ? ['PENDING', now] : ['KEPT', null];
    return sql`
      INSERT INTO outgoing_event (
        uuid, type, user_id, subscription_id, order_id, data, status, next_try_at, created_at)
      SELECT ${newUuid}, ${type}, ${userId}, ${subscriptionId ?? null}::uuid, ${orderId ?? null},
        ${isSql(data) ? data : JSON.stringify(data)}::jsonb,
        ${status}::"OutgoingEventStatus", ${due}::timestamptz, ${now}::timestamptz
      FROM ${from}`;
  }
}

const isSql = (value: object): value is Sql => value instanceof Prisma.Sql;
