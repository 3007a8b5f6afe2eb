import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DateTime } from 'luxon';
import { z } from 'zod';
import axios, { AxiosError, type AxiosInstance } from 'axios';
import { metrics } from '../../platform/metrics.ts';
import { tossConfig } from '../../config-namespaces.ts';
import { outcomeOf } from '../outcome.ts';
import type {
  MerchantAccount,
  Outcome,
  ProviderError,
  Retrieval,
  SavedPaymentMethod,
  TransactionsPage,
  TransactionsRequest,
} from '../provider.port.ts';
import { billingIssued } from './billing.schema.ts';
import { classOf, isDocumented, koreanReason } from './error-class.ts';
import { declined, paymentFrom, savedFrom, transactionFrom, unknown } from './from-toss.ts';
import { tossError, tossPayment, tossTransaction } from './payment.schema.ts';
import { NotSentError, RequestLimit } from './request-limit.ts';
import { undiciAdapter } from './undici-adapter.ts';

/** Reads are quick and can be made again at any time. */
const READ_TIMEOUT_MS = 10_000;
/** Up to 60 s (docs: reference, transactions). */
const TRANSACTIONS_TIMEOUT_MS = 65_000;

const CARD_REMOVED = 'ALREADY_REMOVED_BILLING_KEY';

/** Where the money of a virtual account goes back to. `bank` is Toss's two-character code, the number digits only. */
export interface RefundReceiveAccount {
  bank: string;
  accountNumber: string;
  holderName: string;
}

/** A card on file, as Toss knows it. The key is a secret: it goes into no log, no label and no error. */
export interface ChargeableCard {
  billingKey: string;
  customerKey: string;
}

export interface BillingCharge extends ChargeableCard {
  orderId: string;
  orderName: string;
  /** In won. */
  amount: number;
  idempotencyKey: string;
}

export interface CancelRequest {
  account?: MerchantAccount | undefined;
  paymentKey: string;
  reason: string;
  idempotencyKey: string;
  amount?: number | undefined;
  refundableAmount?: number | undefined;
  refundReceiveAccount?: RefundReceiveAccount | undefined;
}

/** `body`: undefined for none, and for what is no JSON; `empty` tells them apart. */
type Answer = { status: number; body: unknown; empty: boolean } | { noAnswer: string };

/**
 * The only place that knows Toss's URLs, headers and JSON. Nothing here throws for what Toss or the network does: every
 * call answers a value, in the words of the port. Toss shows and cancels a payment only with the account that made it.
 *
 * @see https://docs.tosspayments.com/reference
 */
@Injectable()
export class TossClient {
  private readonly http: AxiosInstance;
  private readonly limit: RequestLimit;
  private readonly timeoutMs: number;
  private readonly billingTimeoutMs: number;
  private readonly authorization: Record<MerchantAccount, string>;

  constructor(@Inject(tossConfig.KEY) config: ConfigType<typeof tossConfig>) {
    this.limit = new RequestLimit({
      maxConcurrent: config.tossMaxConcurrent,
      maxPerSecond: config.tossMaxPerSecond,
    });
    this.timeoutMs = config.tossTimeoutMs;
    this.billingTimeoutMs = config.billingTimeoutMs;
    // The colon after the key is mandatory (docs: using-api/authorization).
    const basic = (secretKey: string) => `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;
    this.authorization = {
      main: basic(config.tossSecretKey),
      billing: basic(config.tossBillingKeys?.secretKey ?? config.tossSecretKey),
    };
    this.http = axios.create({
      baseURL: config.tossApiUrl!,
      adapter: undiciAdapter(),
      // The language is pinned because it changes values.
      headers: { 'Accept-Language': 'ko-KR' },
      validateStatus: () => true,
      transformResponse: (text: string) => text,
    });
  }

  /** Our accounts, each once. */
  get accounts(): MerchantAccount[] {
    return this.authorization.main === this.authorization.billing ? ['main'] : ['main', 'billing'];
  }

  /** POST /v1/payments/confirm. `amount` in won. This is what takes the money. */
  async confirm(request: {
    paymentKey: string;
    orderId: string;
    amount: number;
    idempotencyKey: string;
  }): Promise<Outcome> {
    const { idempotencyKey, ...body } = request;
    const answer = await this.call('confirm', 'post', '/v1/payments/confirm', { body, idempotencyKey });
    return this.outcome(answer, { paymentKey: request.paymentKey });
  }

  /** POST /v1/billing/{billingKey}: takes the money without the buyer. Toss may need a minute. */
  async charge({ billingKey, idempotencyKey, ...body }: BillingCharge): Promise<Outcome> {
    const answer = await this.call('charge', 'post', `/v1/billing/${encodeURIComponent(billingKey)}`, {
      body,
      idempotencyKey,
      account: 'billing',
      timeoutMs: this.billingTimeoutMs,
    });
    const outcome = this.outcome(answer, { orderId: body.orderId });
    // Of a payment "already removed" would be a conflict; of a billing key it says that it cannot be charged.
    if (outcome.kind !== 'unknown' || outcome.code !== CARD_REMOVED) return outcome;
    return declined({ code: CARD_REMOVED, message: koreanReason(CARD_REMOVED) ?? '' }, 'buyer');
  }

  /**
   * POST /v1/billing/authorizations/issue: turns the window's one-time authKey into a card that can be charged. Toss
   * shows the key this once.
   */
  async issueBillingKey({
    idempotencyKey,
    ...body
  }: {
    authKey: string;
    customerKey: string;
    idempotencyKey: string;
  }): Promise<SavedPaymentMethod> {
    const answer = await this.call('issue', 'post', '/v1/billing/authorizations/issue', {
      body,
      idempotencyKey,
      account: 'billing',
    });
    if ('noAnswer' in answer) return unknown(answer.noAnswer, false);
    const issued = answer.status === 200 ? billingIssued.safeParse(answer.body) : undefined;
    if (issued?.success) {
      if (issued.data.customerKey !== body.customerKey) return unknown('ANSWER_FOR_ANOTHER_CUSTOMER', true);
      return savedFrom(issued.data);
    }
    const outcome = this.outcome(answer, {});
    return outcome.kind === 'approved' ? unknown('UNREADABLE_ANSWER', false) : outcome;
  }

  /**
   * DELETE /v1/billing/{billingKey}. Idempotent by itself.
   *
   * @returns null once Toss has no such key (any more), else its error
   */
  async deleteBillingKey(billingKey: string): Promise<ProviderError | null> {
    const answer = await this.call('delete_billing_key', 'delete', `/v1/billing/${encodeURIComponent(billingKey)}`, {
      account: 'billing',
    });
    if ('noAnswer' in answer) return { code: answer.noAnswer, message: '', answered: false };
    // What is no answer of Toss's says nothing, whatever its status.
    if (answer.status === 200 && (answer.empty || answer.body !== undefined)) return null;
    const { data } = tossError.safeParse(answer.body);
    if (data?.code === CARD_REMOVED) return null;
    return {
      code: answer.status === 401 ? 'UNAUTHORIZED_KEY' : (data?.code ?? `HTTP_${answer.status}`),
      message: data?.message ?? '',
      answered: answer.status >= 400 && answer.status < 500 && answer.status !== 429,
    };
  }

  /**
   * POST /v1/payments/{paymentKey}/cancel. Without an amount, all that is left goes back. `refundableAmount` makes Toss
   * refuse when its balance is another. Amounts in won.
   */
  async cancel({
    account,
    paymentKey,
    idempotencyKey,
    reason,
    amount,
    refundableAmount,
    refundReceiveAccount,
  }: CancelRequest): Promise<Outcome> {
    const path = `/v1/payments/${encodeURIComponent(paymentKey)}/cancel`;
    const body = { cancelReason: reason, cancelAmount: amount, refundableAmount, refundReceiveAccount };
    const answer = await this.call('cancel', 'post', path, { body, idempotencyKey, account });
    return this.outcome(answer, { paymentKey });
  }

  /** GET /v1/payments/orders/{orderId}. Which of several payments of one order Toss shows is not documented. */
  retrieveByOrder(orderId: string, account: MerchantAccount): Promise<Retrieval> {
    return this.retrieveAs(`/v1/payments/orders/${encodeURIComponent(orderId)}`, account);
  }

  /** GET /v1/payments/{paymentKey}. Where it is not known which account it belongs to, either shows it. */
  async retrieve(paymentKey: string, account?: MerchantAccount): Promise<Retrieval> {
    const path = `/v1/payments/${encodeURIComponent(paymentKey)}`;
    let found = await this.retrieveAs(path, account ?? 'main');
    if (account === undefined && found.kind === 'not_found' && this.accounts.length > 1)
      found = await this.retrieveAs(path, 'billing');
    const isAnother = found.kind === 'found' && found.payment.providerRef !== paymentKey;
    return isAnother ? unknown('ANSWER_FOR_ANOTHER_PAYMENT', false) : found;
  }

  /**
   * GET /v1/transactions, one page: what moved in [from, to] by Toss's clock.
   *
   * @param request.after the last key of the page before
   */
  async transactions({ account, from, to, after, limit }: TransactionsRequest): Promise<TransactionsPage> {
    const query = new URLSearchParams({
      startDate: koreanTime(from),
      endDate: koreanTime(to),
      limit: String(limit),
      ...(after !== undefined && { startingAfter: after }),
    });
    const answer = await this.call('transactions', 'get', `/v1/transactions?${query}`, {
      account,
      timeoutMs: TRANSACTIONS_TIMEOUT_MS,
    });
    if ('noAnswer' in answer) return { kind: 'unknown', code: answer.noAnswer };
    const rows = answer.status === 200 ? z.array(tossTransaction).safeParse(answer.body) : undefined;
    if (rows?.success) return { kind: 'page', rows: rows.data.map(transactionFrom) };
    return { kind: 'unknown', code: tossError.safeParse(answer.body).data?.code ?? `HTTP_${answer.status}` };
  }

  private async retrieveAs(path: string, account: MerchantAccount): Promise<Retrieval> {
    const answer = await this.call('retrieve', 'get', path, { account });
    if ('noAnswer' in answer) return unknown(answer.noAnswer, false);
    const payment = answer.status === 200 ? tossPayment.safeParse(answer.body) : undefined;
    if (payment?.success) return { kind: 'found', payment: paymentFrom(payment.data) };
    const error = tossError.safeParse(answer.body);
    // Only these speak of the payment; NOT_FOUND_MERCHANT and NOT_FOUND_HTTP_METHOD speak of our key and our URL.
    if (answer.status === 404 && (error.data?.code === 'NOT_FOUND_PAYMENT' || error.data?.code === 'NOT_FOUND'))
      return { kind: 'not_found' };
    return unknown(error.data?.code ?? `HTTP_${answer.status}`, false);
  }

  /** An allow-list: only a documented code whose class says that nothing was taken is a decline, all else unknown. */
  private outcome(answer: Answer, of: { paymentKey?: string; orderId?: string }): Outcome {
    if ('noAnswer' in answer) return unknown(answer.noAnswer, false);
    if (answer.status === 200) {
      const parsed = tossPayment.safeParse(answer.body);
      if (!parsed.success) return unknown('UNREADABLE_ANSWER', false);
      const { paymentKey, orderId, status } = parsed.data;
      // A key that was used before replays that payment's answer: it says nothing about the one that was requested.
      if ((of.paymentKey ?? paymentKey) !== paymentKey || (of.orderId ?? orderId) !== orderId)
        return unknown('ANSWER_FOR_ANOTHER_PAYMENT', true);
      const outcome = outcomeOf(paymentFrom(parsed.data));
      return outcome.kind === 'open' ? unknown(`STILL_${status}`, true) : outcome;
    }
    const { success, data: error } = tossError.safeParse(answer.body);
    if (!success) return unknown(`HTTP_${answer.status}`, false);
    // Whatever its code: nothing is done where our key is not accepted (docs: using-api/authorization).
    if (answer.status === 401) return declined({ ...error, code: 'UNAUTHORIZED_KEY' }, 'configuration');
    const isRefusal = answer.status < 500 && answer.status !== 429;
    const errorClass = isRefusal ? classOf(error.code) : 'unknown';
    if (errorClass !== 'unknown' && errorClass !== 'done') return declined(error, errorClass);
    return unknown(error.code, isRefusal, isRefusal && !isDocumented(error.code) ? error : undefined);
  }

  private async call(
    name: string,
    method: 'get' | 'post' | 'delete',
    url: string,
    options: { body?: object; idempotencyKey?: string; account?: MerchantAccount | undefined; timeoutMs?: number },
  ): Promise<Answer> {
    const headers = {
      Authorization: this.authorization[options.account ?? 'main'],
      ...(options.idempotencyKey && { 'Idempotency-Key': options.idempotencyKey }),
    };
    const timeout = options.timeoutMs ?? (method === 'get' ? READ_TIMEOUT_MS : this.timeoutMs);
    const send = async (): Promise<Answer> => {
      const observe = metrics.tossSeconds.startTimer({ call: name });
      const { status, data } = await this.http
        .request<string>({ method, url, headers, timeout, data: options.body })
        .catch((error: Error) => {
          observe({ result: 'none' });
          throw error;
        });
      observe({ result: String(status) });
      return { status, body: parseJson(data), empty: data === '' };
    };
    try {
      return await this.limit.run(name === 'confirm', send);
    } catch (error) {
      if (error instanceof NotSentError) return { noAnswer: 'NOT_SENT' };
      if (!(error instanceof AxiosError)) throw error;
      return { noAnswer: error.code === AxiosError.ETIMEDOUT ? 'ANSWER_TIMEOUT' : 'NO_ANSWER' };
    }
  }
}

/** Toss reads times without an offset as Korean ones (docs: reference, transactions). */
const koreanTime = (instant: Date): string =>
  DateTime.fromJSDate(instant, { zone: 'Asia/Seoul' }).toFormat("yyyy-MM-dd'T'HH:mm:ss");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
