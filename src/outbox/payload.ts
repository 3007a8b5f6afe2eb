import type { OutgoingEvent } from '../platform/database/index.ts';

/** The name of an event for its receiver, the same on every try: `webhook-id`. */
export const publicId = ({ uuid }: Pick<OutgoingEvent, 'uuid'>): string => `msg_${uuid}`;

/** @returns undefined for what is no event's name */
export const uuidOf = (id: string): string | undefined =>
  /^msg_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(id)?.[1];

/** What is sent, the same on every try: when it happened, and what was true then. */
export interface Payload {
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

export function payloadOf({
  type,
  userId,
  subscriptionId,
  orderId,
  data,
  createdAt,
}: Pick<OutgoingEvent, 'type' | 'userId' | 'subscriptionId' | 'orderId' | 'data' | 'createdAt'>): Payload {
  return {
    type,
    timestamp: createdAt.toISOString(),
    data: { userId, ...(subscriptionId && { subscriptionId }), ...(orderId && { orderId }), ...(data as object) },
  };
}
