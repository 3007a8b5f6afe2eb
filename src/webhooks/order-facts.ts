import type { Payment, PaymentStatus, PrismaService } from '../platform/database/index.ts';
import type { PaymentState, WebhookHint } from '../providers/index.ts';

/** What our records say of the order that an event is about. */
export interface OrderFacts {
  payment: Pick<
    Payment,
    'orderId' | 'providerRef' | 'merchantAccount' | 'status' | 'amount' | 'refundedAmount' | 'depositSecretHash'
  >;
  /** Requests that were made to the provider. providerRef null: a charge, which learns it from the answer. */
  attempts: { providerRef: string | null; isKnown: boolean; answeredAt: Date | null }[];
  isRefunding: boolean;
}

/** @returns null for an order that was never paid for, not even in vain */
export async function factsOf(prisma: PrismaService, orderId: string): Promise<OrderFacts | null> {
  const found = await prisma.payment.findUnique({
    where: { orderId },
    select: {
      orderId: true,
      providerRef: true,
      merchantAccount: true,
      status: true,
      amount: true,
      refundedAmount: true,
      depositSecretHash: true,
      attempts: {
        where: { idempotencyKey: { not: null } },
        select: { providerRef: true, outcome: true, answeredAt: true },
      },
      refunds: { where: { status: 'PENDING' }, select: { id: true }, take: 1 },
    },
  });
  if (!found) return null;
  const { attempts, refunds, ...payment } = found;
  return {
    payment,
    attempts: attempts.map(({ providerRef, outcome, answeredAt }) => ({
      providerRef,
      isKnown: outcome !== null && outcome !== 'UNKNOWN',
      answeredAt,
    })),
    isRefunding: refunds.length > 0,
  };
}

/** Whether a payment is one that was requested from the provider. */
export function isAttempted({ attempts }: OrderFacts, providerRef: string): boolean {
  return attempts.some((attempt) => attempt.providerRef === providerRef || attempt.providerRef === null);
}

/** Statuses of ours that say the same as the provider's state. Of a part that went back the amounts must agree too. */
const SAME: Record<PaymentState, PaymentStatus[]> = {
  open: [],
  waiting_for_deposit: ['WAITING_FOR_DEPOSIT'],
  paid: ['SUCCESS'],
  partially_refunded: ['PARTIALLY_REFUNDED'],
  canceled: ['REFUNDED', 'FAILED'],
  failed: ['FAILED', 'EXPIRED'],
};
const OPEN: PaymentStatus[] = ['PENDING', 'WAITING_FOR_DEPOSIT'];

/** An event whose payment could not be retrieved. */
export interface Unanswered extends Pick<WebhookHint, 'about' | 'state' | 'balance'> {
  providerRef: string | null;
  createdAt: Date;
}

/**
 * Whether an event adds nothing: its order's end was recorded after it came, the order was retrieved since,
 * or our records say what the event says. Then no operator is needed, though the provider never answered about it.
 *
 * @param retrievedAt when the provider last answered about the order because of another event
 */
export function isKnownByNow(
  event: Unanswered,
  { payment, attempts, isRefunding }: OrderFacts,
  retrievedAt: Date | null,
): boolean {
  if (isRefunding) return false;
  if (retrievedAt && retrievedAt > event.createdAt) return true;
  const answered = attempts.some(
    ({ isKnown, answeredAt }) => isKnown && answeredAt !== null && answeredAt > event.createdAt,
  );
  if (answered && !OPEN.includes(payment.status)) return true;
  // Such an event names a refund, and was found by one that is recorded.
  if (event.about === 'refund') return true;
  // Another payment of the same order is another matter: it may have taken money too.
  if (event.providerRef !== null && event.providerRef !== payment.providerRef) return false;
  return agrees(event, payment);
}

function agrees({ state, balance }: Unanswered, payment: OrderFacts['payment']): boolean {
  if (state === null || !SAME[state].includes(payment.status)) return false;
  return state !== 'partially_refunded' || balance === payment.amount - payment.refundedAmount;
}
