/** Part of the browser SDK: opens the payment window, by redirect or over the page, and returns its result. */
export const SDK_WINDOW = String.raw`
async function post(path, body) {
  body.opener = location.origin;
  var headers = { 'content-type': 'application/json' };
  var response = await fetch(ORIGIN + path, { method: 'POST', headers: headers, body: JSON.stringify(body) });
  var data = await response.json();
  if (!response.ok) throw fail(data.code || 'UNKNOWN', data.message);
  return ORIGIN + data.path;
}
function showLayer(url) {
  var layer = document.createElement('div');
  layer.setAttribute('role', 'dialog');
  layer.setAttribute('aria-modal', 'true');
  layer.setAttribute('aria-label', '결제창');
  layer.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:rgba(0,0,0,.5);' +
    'display:flex;align-items:center;justify-content:center';
  var frame = document.createElement('iframe');
  frame.src = url;
  frame.title = '결제창';
  frame.style.cssText = 'width:min(440px,100%);height:min(720px,100%);border:0;background:#fff';
  layer.appendChild(frame);
  document.body.appendChild(layer);
  frame.focus();
  return { layer: layer, frame: frame };
}
/** With URLs the page is left. Without them the window lies over the page, and the promise has its result. */
function openWindow(url, isRedirect) {
  if (isRedirect) { location.assign(url); return new Promise(function () {}); }
  return new Promise(function (resolve, reject) {
    var shown = showLayer(url);
    addEventListener('message', function onMessage(event) {
      var isOurs = event.origin === ORIGIN && event.source === shown.frame.contentWindow;
      if (!isOurs || !event.data || event.data.source !== 'tosspayments-simulator') return;
      removeEventListener('message', onMessage);
      shown.layer.remove();
      var result = event.data.result;
      if (!result.code) return resolve(result);
      // Without URLs the code for closing is USER_CANCEL (SDK types). Whether PAY_PROCESS_CANCELED occurs: UNVERIFIED.
      reject(fail(result.code === 'PAY_PROCESS_CANCELED' ? 'USER_CANCEL' : result.code, result.message));
    });
  });
}
async function openPayment(clientKey, customerKey, amount, chosen, request) {
  checkOrder(request);
  checkUrls(request, false);
  var url = await post('/window/payments', {
    clientKey: clientKey, customerKey: customerKey === ANONYMOUS ? null : customerKey,
    orderId: request.orderId, orderName: request.orderName, amount: amount.value,
    method: chosen.method, easyPayProvider: chosen.easyPayProvider, customerName: request.customerName,
    customerMobilePhone: request.customerMobilePhone,
    successUrl: request.successUrl, failUrl: request.failUrl,
    metadata: request.metadata, taxFreeAmount: request.taxFreeAmount,
    validHours: request.virtualAccount && request.virtualAccount.validHours
  });
  var result = await openWindow(url, request.successUrl !== undefined);
  return {
    paymentType: result.paymentType, paymentKey: result.paymentKey, orderId: result.orderId,
    amount: { value: Number(result.amount), currency: amount.currency }
  };
}
`;
