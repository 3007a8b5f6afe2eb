import type { Clock } from './clock.ts';
import { webhookTime } from './clock.ts';
import type { Fault, Faults } from './faults.ts';
import { newSecret, newTransactionKey, newTransmissionId } from './identifiers.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import { WebhookQueue, type QueuedWebhook } from './webhook-queue.ts';
import { WebhookSender } from './webhook-sender.ts';

/** The statuses with a PAYMENT_STATUS_CHANGED (docs: webhook events). Without WAITING_FOR_DEPOSIT: UNVERIFIED. */
const NOTIFIED: PaymentStatus[] = ['EXPIRED', 'DONE', 'ABORTED', 'CANCELED', 'PARTIAL_CANCELED'];
const LATE_DELAY_MS = 5000;
const REORDER_DELAY_MS = 2000;

/**
 * The webhooks of Toss. The transaction that changes the payment queues them. They are sent later: a response of the
 * API never waits for them.
 */
export class Webhooks {
  readonly queue: WebhookQueue;
  readonly sender: WebhookSender;
  readonly #clock: Clock;
  readonly #faults: Faults;

  constructor(queue: WebhookQueue, sender: WebhookSender, clock: Clock, faults: Faults) {
    this.queue = queue;
    this.sender = sender;
    this.#clock = clock;
    this.#faults = faults;
  }

  /** A virtual account has PAYMENT_STATUS_CHANGED and also the flat DEPOSIT_CALLBACK (docs: webhook events). */
  paymentChanged(payment: Payment): void {
    if (this.sender.url === null) return;
    const createdAt = webhookTime(this.#clock.now());
    if (NOTIFIED.includes(payment.status)) {
      this.#send('PAYMENT_STATUS_CHANGED', payment, { eventType: 'PAYMENT_STATUS_CHANGED', createdAt, data: payment });
    }
    if (payment.virtualAccount) {
      const { secret, status, lastTransactionKey, orderId } = payment;
      this.#send('DEPOSIT_CALLBACK', payment, {
        createdAt,
        secret,
        status,
        transactionKey: lastTransactionKey,
        orderId,
      });
    }
  }

  billingDeleted(billingKey: string): void {
    if (this.sender.url === null) return;
    const createdAt = webhookTime(this.#clock.now());
    const body = { eventType: 'BILLING_DELETED', createdAt, data: { billingKey, reason: '삭제 API 요청' } };
    this.#queue('BILLING_DELETED', {}, JSON.stringify(body), this.#faults.take('webhook', {}, false));
  }

  #send(eventType: string, payment: Payment, body: object): void {
    const { orderId, paymentKey } = payment;
    const fault = this.#faults.take('webhook', { orderId, paymentKey }, false);
    if (fault?.kind === 'forge') this.#queue(eventType, payment, JSON.stringify(forged(body, payment)), fault);
    this.#queue(eventType, payment, JSON.stringify(body), fault?.kind === 'forge' ? undefined : fault);
  }

  #queue(
    eventType: string,
    subject: { orderId?: string; paymentKey?: string },
    body: string,
    fault: Fault | undefined,
  ): void {
    const now = this.#clock.now();
    const webhook: QueuedWebhook = {
      transmissionId: newTransmissionId(),
      eventType,
      orderId: subject.orderId ?? null,
      paymentKey: subject.paymentKey ?? null,
      body,
      state: fault?.kind === 'drop' ? 'dropped' : 'pending',
      fault: fault?.kind ?? null,
      createdAt: now,
      nextAt: now,
    };
    if (fault?.kind === 'late') webhook.nextAt += fault.delayMs ?? LATE_DELAY_MS;
    if (fault?.kind === 'reorder') webhook.nextAt += fault.delayMs ?? REORDER_DELAY_MS;
    this.queue.add(webhook);
    if (fault?.kind === 'duplicate') this.queue.add(webhook);
    this.sender.wake();
  }
}

/** A forged webhook: payment webhooks have no signature, so anyone can send one. Only the secret reveals it. */
function forged(body: object, payment: Payment): object {
  const status = payment.status === 'DONE' ? 'CANCELED' : 'DONE';
  const changes = { status, secret: newSecret(), lastTransactionKey: newTransactionKey() };
  if (!('data' in body)) return { ...body, status, secret: changes.secret, transactionKey: changes.lastTransactionKey };
  return { ...body, data: { ...payment, ...changes, balanceAmount: status === 'DONE' ? payment.totalAmount : 0 } };
}
