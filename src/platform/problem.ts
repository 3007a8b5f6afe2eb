/** A refusal that the API's user can act on: a stable code, a status, and a sentence in both languages. */
export interface ProblemKind {
  status: number;
  title: string;
  ko: string;
  en: string;
}

/** Every code the API can answer. `/docs` lists them from here. */
export const PROBLEMS = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'Validation failed',
    ko: '요청 값이 올바르지 않습니다.',
    en: 'The request is malformed.',
  },
  MALFORMED_REQUEST: {
    status: 400,
    title: 'Malformed request',
    ko: '요청을 읽을 수 없습니다.',
    en: 'The request cannot be read.',
  },
  AMOUNT_MISMATCH: {
    status: 400,
    title: 'Amount mismatch',
    ko: '결제 금액이 주문 금액과 다릅니다.',
    en: "The amount differs from the order's.",
  },
  REFUND_WINDOW_CLOSED: {
    status: 400,
    title: 'Refund window closed',
    ko: '결제 후 {refundWindowDays}일 이내에만 환불할 수 있습니다.',
    en: 'A refund is possible for {refundWindowDays} days after the payment.',
  },
  REFUND_AMOUNT_EXCEEDED: {
    status: 400,
    title: 'Refund amount exceeded',
    ko: '환불할 수 있는 금액보다 큽니다.',
    en: 'The amount is more than can be refunded.',
  },
  REFUND_ACCOUNT_REQUIRED: {
    status: 400,
    title: 'Refund account required',
    ko: '가상계좌 결제는 환불받을 계좌가 필요합니다.',
    en: 'A virtual account needs refundReceiveAccount.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'Unauthenticated',
    ko: '로그인이 필요합니다.',
    en: 'A valid bearer token is needed.',
  },
  PAYMENT_DECLINED: {
    status: 402,
    title: 'Payment declined',
    ko: '결제가 거절되었습니다.',
    en: 'The payment was declined.',
  },
  BILLING_KEY_DECLINED: {
    status: 402,
    title: 'Card not registered',
    ko: '카드를 등록할 수 없습니다.',
    en: 'The card could not be put on file.',
  },
  REFUND_DECLINED: {
    status: 402,
    title: 'Refund declined',
    ko: '환불이 거절되었습니다.',
    en: 'The refund was declined.',
  },
  FORBIDDEN: { status: 403, title: 'Forbidden', ko: '권한이 없습니다.', en: 'Your role does not allow this.' },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    title: 'Origin not allowed',
    ko: '이 페이지에서는 요청할 수 없습니다. WEB_ORIGINS에 등록된 페이지만 허용됩니다.',
    en: 'Pages of this origin may not do this: WEB_ORIGINS does not name it.',
  },
  NOT_FOUND: { status: 404, title: 'Not found', ko: '찾을 수 없습니다.', en: 'There is no such thing here.' },
  ORDER_NOT_FOUND: {
    status: 404,
    title: 'Order not found',
    ko: '주문을 찾을 수 없습니다.',
    en: 'There is no such order.',
  },
  PLAN_NOT_FOUND: {
    status: 404,
    title: 'Plan not found',
    ko: '플랜을 찾을 수 없습니다.',
    en: 'There is no such plan.',
  },
  PAYMENT_NOT_FOUND: {
    status: 404,
    title: 'Payment not found',
    ko: '결제를 찾을 수 없습니다.',
    en: 'There is no such payment.',
  },
  BILLING_KEY_NOT_FOUND: {
    status: 404,
    title: 'Card not found',
    ko: '등록된 카드를 찾을 수 없습니다.',
    en: 'There is no such card on file.',
  },
  REFUND_NOT_FOUND: {
    status: 404,
    title: 'Refund not found',
    ko: '환불을 찾을 수 없습니다.',
    en: 'There is no such refund.',
  },
  WEBHOOK_EVENT_NOT_FOUND: {
    status: 404,
    title: 'Webhook event not found',
    ko: '웹훅을 찾을 수 없습니다.',
    en: 'There is no such webhook event.',
  },
  RECONCILIATION_NOT_FOUND: {
    status: 404,
    title: 'Reconciliation not found',
    ko: '그 날의 대사가 없습니다.',
    en: 'That day has not been reconciled.',
  },
  DIFFERENCE_NOT_FOUND: {
    status: 404,
    title: 'Difference not found',
    ko: '대사 차이를 찾을 수 없습니다.',
    en: 'There is no such difference.',
  },
  SUBSCRIPTION_NOT_FOUND: {
    status: 404,
    title: 'Subscription not found',
    ko: '구독을 찾을 수 없습니다.',
    en: 'There is no such subscription.',
  },
  MESSAGE_NOT_FOUND: {
    status: 404,
    title: 'Message not found',
    ko: '메시지를 찾을 수 없습니다.',
    en: 'There is no such message.',
  },
  JOB_NOT_FOUND: {
    status: 404,
    title: 'Job not found',
    ko: '그런 이름의 작업이 없습니다.',
    en: 'There is no job of that name.',
  },
  ORDER_ALREADY_PAID: {
    status: 409,
    title: 'Order already paid',
    ko: '이미 결제된 주문입니다.',
    en: 'The order is paid already.',
  },
  PAYMENT_IN_PROGRESS: {
    status: 409,
    title: 'Payment in progress',
    ko: '이 주문의 다른 결제가 진행 중입니다.',
    en: 'Another payment for this order is under way.',
  },
  PAYMENT_NOT_REFUNDABLE: {
    status: 409,
    title: 'Payment not refundable',
    ko: '환불할 수 없는 결제입니다.',
    en: 'There is nothing (left) to refund of this payment.',
  },
  DIFFERENCE_RESOLVED: {
    status: 409,
    title: 'Difference resolved',
    ko: '이미 처리된 차이입니다.',
    en: 'The difference has been resolved already.',
  },
  WEBHOOK_EVENT_PROCESSED: {
    status: 409,
    title: 'Webhook event processed',
    ko: '이미 처리가 끝난 웹훅입니다.',
    en: 'The webhook event has been processed already.',
  },
  REFUND_NOT_PENDING: {
    status: 409,
    title: 'Refund not pending',
    ko: '이미 끝난 환불입니다.',
    en: 'The refund has come to its end.',
  },
  REFUND_STILL_ASKED: {
    status: 409,
    title: 'Refund still asked',
    ko: '토스에 확인 중인 환불입니다. 잠시 후 다시 시도해 주세요.',
    en: 'Toss may still be at it, or cannot be looked at. Please try again in a few minutes.',
  },
  PAYMENT_STOPPED: {
    status: 409,
    title: 'Payment stopped',
    ko: '구매자가 결제를 취소했습니다. 결제된 금액은 환불됩니다.',
    en: 'The buyer stopped the payment. What was taken is refunded.',
  },
  PAYMENT_NOT_STOPPABLE: {
    status: 409,
    title: 'Payment not stoppable',
    ko: '지금은 취소할 수 없는 결제입니다.',
    en: 'Only a first charge by card whose outcome is unknown can be stopped. To stop a renewal, cancel the subscription.',
  },
  PAYMENT_NOT_PENDING: {
    status: 409,
    title: 'Payment not pending',
    ko: '이미 결과가 나온 결제입니다.',
    en: 'The outcome of the payment is known.',
  },
  PAYMENT_STILL_REQUESTED: {
    status: 409,
    title: 'Payment still requested',
    ko: '결제사에 요청 중인 결제입니다. 잠시 후 다시 시도해 주세요.',
    en: 'A request for this payment may still be under way. Please try again in a few minutes.',
  },
  PROVIDER_SHOWS_OTHERWISE: {
    status: 409,
    title: 'Provider shows otherwise',
    ko: '결제사가 보여주는 결과와 다릅니다.',
    en: 'The provider shows another outcome.',
  },
  PAYMENT_KEY_USED: {
    status: 409,
    title: 'Payment key used',
    ko: '다른 주문에 쓰인 결제입니다.',
    en: 'The payment key belongs to another order.',
  },
  IDEMPOTENCY_KEY_IN_PROGRESS: {
    status: 409,
    title: 'Request in progress',
    ko: '같은 멱등키의 요청이 처리 중입니다.',
    en: 'A request with this idempotency key is still under way.',
  },
  DOWNGRADE_AT_PERIOD_END: {
    status: 409,
    title: 'Downgrade at period end',
    ko: '더 낮은 플랜으로는 이용 기간이 끝날 때 바뀝니다.',
    en: "A cheaper plan takes over at the period's end: POST /v1/subscriptions/{id}/change.",
  },
  NOTHING_TO_PAY: {
    status: 409,
    title: 'Nothing to pay',
    ko: '지금 결제할 금액이 없습니다.',
    en: 'The amount due is too small to charge: POST /v1/subscriptions/{id}/change.',
  },
  CHANGE_NEEDS_PAYMENT: {
    status: 409,
    title: 'Change needs payment',
    ko: '결제가 필요한 변경입니다.',
    en: 'This change has to be paid: POST /v1/temp-orders.',
  },
  ORDER_OUTDATED: {
    status: 409,
    title: 'Order outdated',
    ko: '주문 이후 구독이 바뀌었습니다. 다시 주문해 주세요.',
    en: 'The subscription has changed since the order was made. Please order again.',
  },
  SUBSCRIPTION_CHANGED: {
    status: 409,
    title: 'Subscription changed',
    ko: '구독이 방금 바뀌었습니다. 다시 시도해 주세요.',
    en: 'The subscription has just been changed. Please try again.',
  },
  ALREADY_SUBSCRIBED: {
    status: 409,
    title: 'Already subscribed',
    ko: '이미 이용 중인 구독이 있습니다.',
    en: 'There is a live subscription already: POST /v1/subscriptions/{id}/billing-key has it renewed from a card.',
  },
  NOTHING_HELD: {
    status: 409,
    title: 'Nothing held',
    ko: '보류된 갱신이 없습니다.',
    en: 'No renewal of it waits for an operator.',
  },
  TRIAL_NOT_AVAILABLE: {
    status: 409,
    title: 'Trial not available',
    ko: '무료 체험은 처음 구독할 때 한 번만 이용할 수 있습니다.',
    en: 'A trial is for those who never subscribed before.',
  },
  PLAN_NOT_FOR_SALE: {
    status: 409,
    title: 'Plan not for sale',
    ko: '판매가 끝난 플랜입니다.',
    en: 'The plan is no longer sold.',
  },
  SUBSCRIPTION_ENDED: {
    status: 409,
    title: 'Subscription ended',
    ko: '이미 끝난 구독입니다.',
    en: 'The subscription has ended.',
  },
  NO_RECEIVER: {
    status: 409,
    title: 'No receiver',
    ko: '메시지를 받을 주소가 설정되지 않았습니다.',
    en: 'OUTBOUND_WEBHOOK_URL is not set: there is nobody to send it to.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'Request timeout',
    ko: '요청이 끝까지 도착하지 않았습니다.',
    en: 'The request did not arrive in time.',
  },
  ORDER_EXPIRED: {
    status: 410,
    title: 'Order expired',
    ko: '주문의 유효 시간이 지났습니다.',
    en: 'The order has run out.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'Payload too large',
    ko: '요청 본문이 너무 큽니다.',
    en: 'The request body is too large.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    ko: '본문은 application/json이어야 합니다.',
    en: 'The body must be application/json.',
  },
  HOST_NOT_SERVED: {
    status: 421,
    title: 'Host not served',
    ko: '샌드박스가 모르는 호스트 이름입니다. PUBLIC_URL에 설정해 주세요.',
    en: 'The sandbox is not served under this host name: set PUBLIC_URL.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'Idempotency key reused',
    ko: '같은 멱등키로 다른 내용을 보냈습니다.',
    en: 'The idempotency key was used with another body.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'Headers too large',
    ko: '요청 헤더가 너무 큽니다.',
    en: 'The request headers are too large.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    ko: '요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.',
    en: 'Too many requests. Please try again later.',
  },
  TOO_MANY_OPEN_ORDERS: {
    status: 429,
    title: 'Too many open orders',
    ko: '결제하지 않은 주문이 너무 많습니다. 기존 주문을 결제하거나 취소해 주세요.',
    en: 'There are too many open orders. Please pay or discard some of them.',
  },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    title: 'Too many attempts',
    ko: '이 주문의 결제 시도가 너무 많습니다. 새로 주문해 주세요.',
    en: 'The order was tried too often. Please order again.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Internal error',
    ko: '잠시 후 다시 시도해 주세요.',
    en: 'Something went wrong on our side. Please try again.',
  },
  PAYMENT_MISMATCH: {
    status: 502,
    title: 'Payment mismatch',
    ko: '승인된 결제가 주문과 달라 취소했습니다.',
    en: 'What was approved differs from the order; it is being cancelled.',
  },
  PROVIDER_MISCONFIGURED: {
    status: 503,
    title: 'Provider misconfigured',
    ko: '결제 설정에 문제가 있어 결제할 수 없습니다.',
    en: 'The payment provider refuses our configuration.',
  },
  PROVIDER_UNAVAILABLE: {
    status: 503,
    title: 'Provider unavailable',
    ko: '결제사가 응답하지 않습니다. 잠시 후 다시 시도해 주세요.',
    en: 'The payment provider does not answer. Nothing was done. Please try again.',
  },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    title: 'Authentication unavailable',
    ko: '로그인을 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    en: "The identity provider's keys cannot be fetched. Please try again.",
  },
  WORKER_UNAVAILABLE: {
    status: 503,
    title: 'Worker unavailable',
    ko: '작업을 실행할 워커가 응답하지 않습니다. 잠시 후 다시 시도해 주세요.',
    en: 'No worker (ROLE=worker) replied in time. Please try again once one is running.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'Database unavailable',
    ko: '잠시 후 다시 시도해 주세요.',
    en: 'The database is out of reach. Please try again.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

interface Extras {
  /** What was wrong where, on a validation error. */
  errors?: { path: string; message: string }[];
  /** Of REFUND_WINDOW_CLOSED: how many days it was open. */
  refundWindowDays?: number;
  /** Toss's own words, when Toss said no. */
  toss?: { code: string; message: string };
}

/** Thrown where a request is refused; the filter turns it into `application/problem+json`. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly extras: Extras = {},
    /** Sent with the answer, for example `WWW-Authenticate`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
  }
}

export type Language = 'ko' | 'en';

/** Korean, unless the caller prefers English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const [first] = (acceptLanguage ?? '').split(',');
  return first?.trim().toLowerCase().startsWith('en') ? 'en' : 'ko';
}

type Values = Pick<Extras, 'refundWindowDays'>;

/** A code's sentence, with what the occurrence fills in: `{refundWindowDays}`. */
export function sentenceOf(code: ProblemCode, language: Language, values: Values = {}): string {
  return PROBLEMS[code][language].replaceAll('{refundWindowDays}', String(values.refundWindowDays ?? ''));
}

/** The body of RFC 9457. `type` leads to a page that explains the code; `message` repeats `detail`. */
export function problemBody(problem: Problem, language: Language, requestId: string) {
  const { title, status } = PROBLEMS[problem.code];
  const detail = sentenceOf(problem.code, language, problem.extras);
  return {
    type: `/problems/${problem.code}`,
    title,
    status,
    detail,
    message: detail,
    code: problem.code,
    requestId,
    ...problem.extras,
  };
}
