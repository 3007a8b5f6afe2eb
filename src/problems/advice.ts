import { PROBLEMS, type ProblemCode } from '../platform/problem.ts';

/** What the user of the API can do about a problem. */
export interface Advice {
  ko: string;
  en: string;
}

/** For codes without advice of their own. */
const BY_STATUS: Record<number, Advice> = {
  400: {
    ko: 'errors에 적힌 값을 고쳐 다시 요청하세요.',
    en: 'Correct what `errors` names and send the request again.',
  },
  401: {
    ko: 'Authorization 헤더에 유효한 토큰을 넣어 다시 요청하세요.',
    en: 'Send a valid token in the Authorization header.',
  },
  402: {
    ko: 'toss.code와 toss.message를 확인하고 다른 결제 수단으로 시도하세요.',
    en: 'Check toss.code and toss.message, and try another payment method.',
  },
  403: { ko: '이 작업을 할 수 있는 역할의 토큰으로 요청하세요.', en: 'Use a token whose role allows this.' },
  404: {
    ko: '주소와 번호를 확인하세요. 다른 사용자의 것은 없는 것처럼 응답합니다.',
    en: "Check the URL and the id. Another user's resource is answered with 404 too.",
  },
  409: {
    ko: '현재 상태를 다시 조회한 뒤 필요하면 다시 요청하세요.',
    en: 'Read the current state, then send the request again if it is still wanted.',
  },
  410: { ko: '새로 주문하세요.', en: 'Make a new order.' },
  413: { ko: '본문을 64 KiB 이하로 줄이세요.', en: 'Keep the body at 64 KiB or less.' },
  415: { ko: 'Content-Type을 application/json으로 보내세요.', en: 'Send the body as application/json.' },
  422: { ko: '다른 내용을 보낼 때는 새 멱등키를 쓰세요.', en: 'Use a new idempotency key for another body.' },
  429: { ko: 'Retry-After만큼 기다린 뒤 다시 요청하세요.', en: 'Wait as long as Retry-After says, then try again.' },
  500: {
    ko: '잠시 후 다시 시도하고, 계속되면 requestId와 함께 문의하세요.',
    en: 'Try again later. If the error persists, contact us with the requestId.',
  },
  502: {
    ko: '결제된 금액은 자동으로 환불됩니다. 새로 주문하세요.',
    en: 'The money is refunded automatically. Make a new order.',
  },
  503: {
    ko: 'Retry-After만큼 기다린 뒤 같은 멱등키로 다시 요청하세요.',
    en: 'Wait as long as Retry-After says, then send the same request with the same idempotency key.',
  },
};

const BY_CODE: Partial<Record<ProblemCode, Advice>> = {
  MALFORMED_REQUEST: {
    ko: 'JSON 문법과 주소의 인코딩을 확인하세요.',
    en: 'Check the JSON and the encoding of the address.',
  },
  AMOUNT_MISMATCH: {
    ko: '결제 금액은 주문이 정합니다. GET /v1/temp-orders/{orderId}의 amount로 승인하세요.',
    en: 'The order fixes the amount: confirm with the amount of GET /v1/temp-orders/{orderId}.',
  },
  REFUND_WINDOW_CLOSED: {
    ko: '기간이 지난 환불은 관리자가 overrideWindow로만 할 수 있습니다.',
    en: 'After that only an admin can refund, with overrideWindow.',
  },
  REFUND_AMOUNT_EXCEEDED: {
    ko: 'GET /v1/payments/{orderId}/refund-quote의 refundableAmount 이하로 요청하세요.',
    en: 'Request at most the refundableAmount of GET /v1/payments/{orderId}/refund-quote.',
  },
  REFUND_ACCOUNT_REQUIRED: {
    ko: 'refundReceiveAccount에 은행, 계좌번호, 예금주를 넣으세요.',
    en: 'Send bank, account number and holder name in refundReceiveAccount.',
  },
  REFUND_DECLINED: {
    ko: 'toss.code를 확인하세요. 필요하면 토스페이먼츠에 문의하세요.',
    en: 'Check toss.code. Contact Toss Payments if necessary.',
  },
  PAYMENT_DECLINED: {
    ko: '같은 주문을 다른 카드나 결제 수단으로 다시 결제할 수 있습니다.',
    en: 'The same order can be paid with another card or method.',
  },
  BILLING_KEY_DECLINED: { ko: '다른 카드를 등록하세요.', en: 'Register another card.' },
  ORDER_NOT_FOUND: {
    ko: '이미 결제된 주문이면 GET /v1/payments/{orderId}에 있습니다. 아니면 새로 주문하세요.',
    en: 'An order that is paid is at GET /v1/payments/{orderId}. Otherwise make a new one.',
  },
  ORDER_ALREADY_PAID: {
    ko: '다시 결제하지 마세요. GET /v1/payments/{orderId}로 결제를 확인하세요.',
    en: 'Do not pay again: GET /v1/payments/{orderId} shows the payment.',
  },
  PAYMENT_IN_PROGRESS: {
    ko: '다시 결제하지 말고 GET /v1/payments/{orderId}로 결과를 확인하세요.',
    en: 'Do not pay again; poll GET /v1/payments/{orderId} for the outcome.',
  },
  PAYMENT_NOT_REFUNDABLE: {
    ko: '결제 상태와 이미 환불된 금액을 확인하세요.',
    en: 'Check the status and the refunded amount of the payment.',
  },
  PAYMENT_KEY_USED: {
    ko: '결제창을 다시 열어 새 paymentKey로 승인하세요.',
    en: 'Open the payment window again and confirm with the new paymentKey.',
  },
  REFUND_STILL_ASKED: { ko: '몇 분 뒤 다시 시도하세요.', en: 'Try again in a few minutes.' },
  IDEMPOTENCY_KEY_IN_PROGRESS: {
    ko: '처음 요청이 끝난 뒤 같은 멱등키로 다시 요청하면 그 결과를 받습니다.',
    en: 'After the first request ends, the same key returns its result.',
  },
  DOWNGRADE_AT_PERIOD_END: {
    ko: 'POST /v1/subscriptions/{id}/change로 변경을 예약하세요.',
    en: 'Schedule the change with POST /v1/subscriptions/{id}/change.',
  },
  NOTHING_TO_PAY: {
    ko: 'POST /v1/subscriptions/{id}/change로 바로 변경하세요.',
    en: 'Change at once with POST /v1/subscriptions/{id}/change.',
  },
  CHANGE_NEEDS_PAYMENT: {
    ko: 'POST /v1/temp-orders로 주문해 결제하세요.',
    en: 'Order it with POST /v1/temp-orders and pay.',
  },
  ORDER_OUTDATED: {
    ko: '새로 주문하면 지금 상태로 다시 계산합니다.',
    en: 'Make a new order: it is quoted from the current state.',
  },
  ALREADY_SUBSCRIBED: {
    ko: 'POST /v1/subscriptions/{id}/billing-key로 자동 갱신을 설정하세요.',
    en: 'Turn on automatic renewal with POST /v1/subscriptions/{id}/billing-key.',
  },
  PLAN_NOT_FOR_SALE: {
    ko: 'GET /v1/plans에서 판매 중인 요금제를 선택하세요.',
    en: 'Choose a plan that is active in GET /v1/plans.',
  },
  SUBSCRIPTION_ENDED: { ko: '새로 구독하세요.', en: 'Subscribe again.' },
  NO_RECEIVER: { ko: 'OUTBOUND_WEBHOOK_URL을 설정하세요.', en: 'Set OUTBOUND_WEBHOOK_URL.' },
  TOO_MANY_ATTEMPTS: { ko: '새로 주문해 결제하세요.', en: 'Make a new order and pay that.' },
  PROVIDER_MISCONFIGURED: {
    ko: '운영자가 토스페이먼츠 시크릿 키를 확인해야 합니다.',
    en: 'An operator must check the secret key of Toss Payments.',
  },
};

export const adviceOn = (code: ProblemCode): Advice =>
  BY_CODE[code] ?? BY_STATUS[PROBLEMS[code].status] ?? BY_STATUS[500]!;
