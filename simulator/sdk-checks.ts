/** Part of the browser SDK: the checks of the parameters, and the payment methods. */
export const SDK_CHECKS = String.raw`
var ORIGIN = new URL(document.currentScript.src).origin;
var ANONYMOUS = '@@ANONYMOUS';
var METHODS = [
  { code: 'CARD', label: '카드', method: '카드' },
  { code: 'TOSSPAY', label: '토스페이', method: '간편결제', easyPayProvider: '토스페이' },
  { code: 'KAKAOPAY', label: '카카오페이', method: '간편결제', easyPayProvider: '카카오페이' },
  { code: 'TRANSFER', label: '계좌이체', method: '계좌이체' },
  { code: 'MOBILE_PHONE', label: '휴대폰', method: '휴대폰' },
  { code: 'VIRTUAL_ACCOUNT', label: '가상계좌', method: '가상계좌' }
];
function findMethod(code) {
  return METHODS.find(function (each) { return each.code === code; });
}
function fail(code, message) {
  var error = new Error(message || code);
  error.name = 'TossPaymentsError';
  error.code = code;
  return error;
}
function check(isValid, code, message) {
  if (!isValid) throw fail(code, message);
}
function checkCustomerKey(customerKey) {
  if (customerKey === ANONYMOUS) return;
  check(typeof customerKey === 'string', 'INVALID_CUSTOMER_KEY', 'customerKey가 필요합니다.');
  check(!/^(test|live)_g?sk_/.test(customerKey), 'INSECURE_KEY_USAGE', '시크릿 키를 브라우저에서 쓰지 마세요.');
  var isWellFormed = /^[A-Za-z0-9\-_=.@]{2,50}$/.test(customerKey);
  check(isWellFormed, 'INVALID_CUSTOMER_KEY', 'customerKey 형식이 올바르지 않습니다.');
}
function checkAmount(amount) {
  var isKnownCurrency = amount && ['KRW', 'USD', 'JPY'].indexOf(amount.currency) >= 0;
  check(isKnownCurrency, 'INVALID_AMOUNT_CURRENCY', '통화가 올바르지 않습니다.');
  var isNumber = typeof amount.value === 'number' && isFinite(amount.value);
  check(isNumber, 'INVALID_AMOUNT_VALUE', '금액이 숫자가 아닙니다.');
  check(amount.value >= 0, 'BELOW_ZERO_AMOUNT', '금액은 0보다 커야 합니다.');
}
function isUrl(text) {
  try { return /^https?:$/.test(new URL(text).protocol); } catch (ignored) { return false; }
}
function checkUrls(request, areRequired) {
  if (!areRequired && request.successUrl === undefined && request.failUrl === undefined) return;
  var hint = '은 http:// 또는 https:// 로 시작하는 전체 주소여야 합니다.';
  check(isUrl(request.successUrl), 'INCORRECT_SUCCESS_URL_FORMAT', 'successUrl' + hint);
  check(isUrl(request.failUrl), 'INCORRECT_FAIL_URL_FORMAT', 'failUrl' + hint);
}
function checkOrder(request) {
  var isOrderId = /^[A-Za-z0-9\-_=]{6,64}$/.test(request.orderId);
  check(isOrderId, 'INVALID_PARAMETERS', 'orderId는 6~64자의 영문, 숫자, -, _, = 여야 합니다.');
  var name = request.orderName;
  var isOrderName = typeof name === 'string' && name.length > 0 && name.length <= 100;
  check(isOrderName, 'INVALID_PARAMETERS', 'orderName은 1~100자여야 합니다.');
}
`;
