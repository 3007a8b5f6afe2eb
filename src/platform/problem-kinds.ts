/** An error that the API's user can act on: a stable code, a status, and a sentence in both languages. */
export interface ProblemKind {
  status: number;
  title: string;
  ko: string;
  en: string;
}

/** What any HTTP API of this platform can answer; the codes of the product are in `src/problem-codes.ts`. */
export const PLATFORM_PROBLEMS = {
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
    en: 'The request cannot be parsed.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'Unauthenticated',
    ko: '로그인이 필요합니다.',
    en: 'A valid bearer token is required.',
  },
  FORBIDDEN: { status: 403, title: 'Forbidden', ko: '권한이 없습니다.', en: 'Your role does not allow this.' },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    title: 'Origin not allowed',
    ko: '이 페이지에서는 요청할 수 없습니다. WEB_ORIGINS에 등록된 페이지만 허용됩니다.',
    en: 'This origin is not allowed: WEB_ORIGINS does not contain it.',
  },
  NOT_FOUND: { status: 404, title: 'Not found', ko: '찾을 수 없습니다.', en: 'Not found.' },
  IDEMPOTENCY_KEY_IN_PROGRESS: {
    status: 409,
    title: 'Request in progress',
    ko: '같은 멱등키의 요청이 처리 중입니다.',
    en: 'A request with this idempotency key is still under way.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'Request timeout',
    ko: '요청이 끝까지 도착하지 않았습니다.',
    en: 'The request did not arrive in time.',
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
    ko: '허용되지 않은 호스트 이름입니다. PUBLIC_URL에 설정해 주세요.',
    en: 'The sandbox does not serve this host name. Set PUBLIC_URL.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'Idempotency key reused',
    ko: '같은 멱등키로 다른 내용을 보냈습니다.',
    en: 'The idempotency key was used with a different body.',
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
  INTERNAL_ERROR: {
    status: 500,
    title: 'Internal error',
    ko: '잠시 후 다시 시도해 주세요.',
    en: 'Something went wrong on our side. Please try again.',
  },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    title: 'Authentication unavailable',
    ko: '로그인을 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    en: 'The keys of the identity provider cannot be fetched. Please try again.',
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
    en: 'The database is unavailable. Please try again.',
  },
} as const satisfies Record<string, ProblemKind>;
