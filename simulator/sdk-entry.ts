/** Part of the browser SDK: `payment()` and `TossPayments()` itself. */
export const SDK_ENTRY = String.raw`
function newPayment(clientKey, customerKey) {
  return {
    requestPayment: async function (request) {
      var chosen = findMethod(request && request.method);
      var isSupported = chosen && chosen.method !== '간편결제';
      check(isSupported, 'NOT_SUPPORTED_METHOD', '지원되지 않는 결제수단입니다.');
      checkAmount(request.amount);
      return openPayment(clientKey, customerKey, request.amount, chosen, request);
    },
    requestBillingAuth: async function (request) {
      var isSupported = request && ['CARD', 'TRANSFER'].indexOf(request.method) >= 0;
      check(isSupported, 'NOT_SUPPORTED_METHOD', '지원되지 않는 결제수단입니다.');
      check(customerKey !== ANONYMOUS, 'INVALID_CUSTOMER_KEY', '자동결제에는 customerKey가 필요합니다.');
      checkUrls(request, true);
      var url = await post('/window/billing', {
        clientKey: clientKey, method: request.method,
        customerKey: customerKey, customerName: request.customerName,
        successUrl: request.successUrl, failUrl: request.failUrl
      });
      await openWindow(url, true);
    },
    destroy: async function () {}
  };
}

function TossPayments(clientKey) {
  var kind = /^(test|live)_(gck|ck)_/.exec(clientKey);
  check(kind, 'INVALID_CLIENT_KEY', '클라이언트 키가 올바르지 않습니다.');
  return {
    widgets: function (options) {
      var message = 'API 개별 연동 키로는 결제위젯을 쓸 수 없습니다.';
      check(kind[2] !== 'ck', 'NOT_SUPPORTED_API_INDIVIDUAL_KEY', message);
      checkCustomerKey(options && options.customerKey);
      return newWidgets(clientKey, options.customerKey);
    },
    payment: function (options) {
      var message = '결제위젯 연동 키로는 결제창을 쓸 수 없습니다.';
      check(kind[2] !== 'gck', 'NOT_SUPPORTED_WIDGET_KEY', message);
      checkCustomerKey(options && options.customerKey);
      return newPayment(clientKey, options.customerKey);
    }
  };
}
TossPayments.ANONYMOUS = ANONYMOUS;
window.TossPayments = TossPayments;
`;
