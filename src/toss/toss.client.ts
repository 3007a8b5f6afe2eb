import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { z } from 'zod';
import axios, { AxiosError, type AxiosInstance } from 'axios';
import { metrics } from '../common/metrics.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { classOf, isDocumented } from './error-class.ts';
import { type Look, type Outcome, readingOf } from './outcome.ts';
import { tossError, tossPayment, tossTransaction, type TossTransaction } from './payment.schema.ts';
import { undiciAdapter } from './undici-adapter.ts';

/** Reads are quick and can be made again at any time. */
const LOOK_TIMEOUT_MS = 10_000;
/** Up to 60 s (docs: reference, transactions). */
const TRANSACTIONS_TIMEOUT_MS = 65_000;

/** Where the money of a virtual account goes back to. `bank` is Toss's two-character code; the number is digits only. */
export interface RefundReceiveAccount {
  bank: string;
  accountNumber: string;
  holderName: string;
}

export interface CancelAsked {
  paymentKey: string;
  reason: string;
  idempotencyKey: string;
  amount?: number | undefined;
  refundableAmount?: number | undefined;
  refundReceiveAccount?: RefundReceiveAccount | undefined;
}

export type TransactionsPage = { kind: 'page'; rows: TossTransaction[] } | { kind: 'unknown'; code: string };

type Answer = { status: number; body: unknown } | { noAnswer: string };

/**
 * The only place that knows Toss's URLs, headers and JSON. Nothing here throws for what Toss or the network does: every
 * call answers a value.
 *
 * @see https://docs.tosspayments.com/reference
 */
@Injectable()
export class TossClient {
  private readonly http: AxiosInstance;
  private readonly timeoutMs: number;

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.timeoutMs = settings.tossTimeoutMs;
    this.http = axios.create({
      baseURL: settings.tossApiUrl!,
      adapter: undiciAdapter(),
      // The colon after the key is mandatory (docs: using-api/authorization). The language is pinned because it changes values.
      headers: {
        Authorization: `Basic ${Buffer.from(`${settings.tossSecretKey}:`).toString('base64')}`,
        'Accept-Language': 'ko-KR',
      },
      validateStatus: () => true,
      transformResponse: (text: string) => text,
    });
  }

  /** POST /v1/payments/confirm. `amount` in won. This is what takes the money. */
  async confirm(asked: { paymentKey: string; orderId: string; amount: number; idempotencyKey: string }): Promise<Outcome> {
    const { idempotencyKey, ...body } = asked;
    const answer = await this.call('confirm', 'post', '/v1/payments/confirm', { body, idempotencyKey });
    return this.outcome(answer, asked.paymentKey);
  }

  /**
   * POST /v1/payments/{paymentKey}/cancel. Without an amount, all that is left goes back. `refundableAmount` makes Toss refuse
   * when its balance is another. Amounts in won.
   */
  async cancel({ paymentKey, idempotencyKey, reason, amount, refundableAmount, refundReceiveAccount }: CancelAsked): Promise<Outcome> {
    const path = `/v1/payments/${encodeURIComponent(paymentKey)}/cancel`;
    const body = { cancelReason: reason, cancelAmount: amount, refundableAmount, refundReceiveAccount };
    const answer = await this.call('cancel', 'post', path, { body, idempotencyKey });
    return this.outcome(answer, paymentKey);
  }

  /** GET /v1/payments/orders/{orderId}. Which of several payments of one order Toss shows is not documented. */
  lookUpByOrder(orderId: string): Promise<Look> {
    return this.look(`/v1/payments/orders/${encodeURIComponent(orderId)}`);
  }

  /** GET /v1/payments/{paymentKey}. */
  async lookUp(paymentKey: string): Promise<Look> {
    const look = await this.look(`/v1/payments/${encodeURIComponent(paymentKey)}`);
    const another = look.kind === 'found' && look.payment.paymentKey !== paymentKey;
    return another ? { kind: 'unknown', code: 'ANSWER_FOR_ANOTHER_PAYMENT', tossAnswered: false } : look;
  }

  /** GET /v1/transactions, one page: what moved in [from, to] by Toss's clock. `after`: the last key of the page before. */
  async transactions({ from, to, after, limit }: { from: Date; to: Date; after?: string | undefined; limit: number }): Promise<TransactionsPage> {
    const query = new URLSearchParams({ startDate: koreanTime(from), endDate: koreanTime(to), limit: String(limit), ...(after !== undefined && { startingAfter: after }) });
    const answer = await this.call('transactions', 'get', `/v1/transactions?${query}`, { timeoutMs: TRANSACTIONS_TIMEOUT_MS });
    if ('noAnswer' in answer) return { kind: 'unknown', code: answer.noAnswer };
    const rows = answer.status === 200 ? z.array(tossTransaction).safeParse(answer.body) : undefined;
    if (rows?.success) return { kind: 'page', rows: rows.data };
    return { kind: 'unknown', code: tossError.safeParse(answer.body).data?.code ?? `HTTP_${answer.status}` };
  }

  private async look(path: string): Promise<Look> {
    const answer = await this.call('look', 'get', path, {});
    if ('noAnswer' in answer) return { kind: 'unknown', code: answer.noAnswer, tossAnswered: false };
    const payment = answer.status === 200 ? tossPayment.safeParse(answer.body) : undefined;
    if (payment?.success) return { kind: 'found', payment: payment.data };
    const error = tossError.safeParse(answer.body);
    // Only these speak of the payment; NOT_FOUND_MERCHANT and NOT_FOUND_HTTP_METHOD speak of our key and our URL.
    if (answer.status === 404 && (error.data?.code === 'NOT_FOUND_PAYMENT' || error.data?.code === 'NOT_FOUND')) return { kind: 'not_found' };
    return { kind: 'unknown', code: error.data?.code ?? `HTTP_${answer.status}`, tossAnswered: false };
  }

  /** An allow-list: only a documented code whose class says that nothing was taken is a decline. All else is unknown. */
  private outcome(answer: Answer, paymentKey: string): Outcome {
    if ('noAnswer' in answer) return { kind: 'unknown', code: answer.noAnswer, tossAnswered: false };
    if (answer.status === 200) {
      const parsed = tossPayment.safeParse(answer.body);
      if (!parsed.success) return { kind: 'unknown', code: 'UNREADABLE_ANSWER', tossAnswered: false };
      // A key that was used before replays that payment's answer: it says nothing about the one we asked for.
      if (parsed.data.paymentKey !== paymentKey) return { kind: 'unknown', code: 'ANSWER_FOR_ANOTHER_PAYMENT', tossAnswered: true };
      const reading = readingOf(parsed.data);
      return reading.kind === 'open' ? { kind: 'unknown', code: `STILL_${parsed.data.status}`, tossAnswered: true } : reading;
    }
    const error = tossError.safeParse(answer.body);
    if (!error.success) return { kind: 'unknown', code: `HTTP_${answer.status}`, tossAnswered: false };
    // Whatever it is called: nothing is done for one whose key is not accepted (docs: using-api/authorization).
    if (answer.status === 401) return { kind: 'declined', error: { ...error.data, code: 'UNAUTHORIZED_KEY' }, errorClass: 'configuration' };
    const errorClass = answer.status >= 500 || answer.status === 429 ? 'unknown' : classOf(error.data.code);
    if (errorClass === 'unknown' || errorClass === 'done') {
      const saidNo = answer.status < 500 && answer.status !== 429;
      return { kind: 'unknown', code: error.data.code, tossAnswered: saidNo, ...(saidNo && !isDocumented(error.data.code) && { undocumented: error.data }) };
    }
    return { kind: 'declined', error: error.data, errorClass };
  }

  private async call(
    name: string,
    method: 'get' | 'post',
    url: string,
    options: { body?: object; idempotencyKey?: string; timeoutMs?: number },
  ): Promise<Answer> {
    const observe = metrics.tossSeconds.startTimer({ call: name });
    const headers = options.idempotencyKey ? { 'Idempotency-Key': options.idempotencyKey } : {};
    const timeout = options.timeoutMs ?? (method === 'get' ? LOOK_TIMEOUT_MS : this.timeoutMs);
    try {
      const { status, data } = await this.http.request<string>({ method, url, headers, timeout, data: options.body });
      observe({ result: String(status) });
      return { status, body: parseJson(data) };
    } catch (error) {
      if (!(error instanceof AxiosError)) throw error;
      observe({ result: 'none' });
      return { noAnswer: error.code === AxiosError.ETIMEDOUT ? 'ANSWER_TIMEOUT' : 'NO_ANSWER' };
    }
  }
}

/** Toss reads times without an offset as Korean ones (docs: reference, transactions). */
const koreanTime = (instant: Date): string => DateTime.fromJSDate(instant, { zone: 'Asia/Seoul' }).toFormat("yyyy-MM-dd'T'HH:mm:ss");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
