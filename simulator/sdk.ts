/**
 * `GET /v2/standard`: stands in for https://js.tosspayments.com/v2/standard (docs: SDK v2; names and errors from the types of
 * @tosspayments/tosspayments-sdk 2.8.1). Plain JavaScript of the browser, kept as text because it is served, not imported.
 * Styles are set through the CSSOM, which a page's `style-src` does not forbid. Not here: brandpay, renderPaymentWindow.
 * That the agreement starts ticked is UNVERIFIED.
 */
export const SDK_SCRIPT = String.raw`(function () {
'use strict';
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
var widgetNumber = 0;

function fail(code, message) {
  var error = new Error(message || code);
  error.name = 'TossPaymentsError';
  error.code = code;
  return error;
}
function checkCustomerKey(customerKey) {
  if (customerKey === ANONYMOUS) return;
  if (typeof customerKey !== 'string') throw fail('INVALID_CUSTOMER_KEY', 'customerKey가 필요합니다.');
  if (/^(test|live)_g?sk_/.test(customerKey)) throw fail('INSECURE_KEY_USAGE', '시크릿 키를 브라우저에서 쓰지 마세요.');
  if (!/^[A-Za-z0-9\-_=.@]{2,50}$/.test(customerKey)) throw fail('INVALID_CUSTOMER_KEY', 'customerKey 형식이 올바르지 않습니다.');
}
function checkAmount(amount) {
  if (!amount || ['KRW', 'USD', 'JPY'].indexOf(amount.currency) < 0) throw fail('INVALID_AMOUNT_CURRENCY', '통화가 올바르지 않습니다.');
  if (typeof amount.value !== 'number' || !isFinite(amount.value)) throw fail('INVALID_AMOUNT_VALUE', '금액이 숫자가 아닙니다.');
  if (amount.value < 0) throw fail('BELOW_ZERO_AMOUNT', '금액은 0보다 커야 합니다.');
}
function isUrl(text) {
  try { return /^https?:$/.test(new URL(text).protocol); } catch (ignored) { return false; }
}
function checkUrls(request, needed) {
  if (!needed && request.successUrl === undefined && request.failUrl === undefined) return;
  if (!isUrl(request.successUrl)) throw fail('INCORRECT_SUCCESS_URL_FORMAT', 'successUrl은 http:// 또는 https:// 로 시작하는 전체 주소여야 합니다.');
  if (!isUrl(request.failUrl)) throw fail('INCORRECT_FAIL_URL_FORMAT', 'failUrl은 http:// 또는 https:// 로 시작하는 전체 주소여야 합니다.');
}
function checkOrder(request) {
  if (!/^[A-Za-z0-9\-_=]{6,64}$/.test(request.orderId)) throw fail('INVALID_PARAMETERS', 'orderId는 6~64자의 영문, 숫자, -, _, = 여야 합니다.');
  if (typeof request.orderName !== 'string' || !request.orderName || request.orderName.length > 100) throw fail('INVALID_PARAMETERS', 'orderName은 1~100자여야 합니다.');
}
async function post(path, body) {
  body.opener = location.origin;
  var response = await fetch(ORIGIN + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  var answer = await response.json();
  if (!response.ok) throw fail(answer.code || 'UNKNOWN', answer.message);
  return ORIGIN + answer.path;
}
/** With URLs the page leaves; without, the window lies over it and the promise tells the end. */
function enter(url, redirecting) {
  if (redirecting) { location.assign(url); return new Promise(function () {}); }
  return new Promise(function (resolve, reject) {
    var layer = document.createElement('div');
    layer.setAttribute('role', 'dialog');
    layer.setAttribute('aria-modal', 'true');
    layer.setAttribute('aria-label', '결제창');
    layer.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:rgba(0,0,0,.5);display:flex;align-items:center;justify-content:center';
    var frame = document.createElement('iframe');
    frame.src = url;
    frame.title = '결제창';
    frame.style.cssText = 'width:min(440px,100%);height:min(720px,100%);border:0;background:#fff';
    layer.appendChild(frame);
    document.body.appendChild(layer);
    addEventListener('message', function heard(event) {
      if (event.origin !== ORIGIN || event.source !== frame.contentWindow || !event.data || event.data.source !== 'tosspayments-simulator') return;
      removeEventListener('message', heard);
      layer.remove();
      var result = event.data.result;
      // Without URLs closing is told as USER_CANCEL (SDK types); whether PAY_PROCESS_CANCELED also occurs is UNVERIFIED.
      if (result.code) reject(fail(result.code === 'PAY_PROCESS_CANCELED' ? 'USER_CANCEL' : result.code, result.message));
      else resolve(result);
    });
    frame.focus();
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
    successUrl: request.successUrl, failUrl: request.failUrl, metadata: request.metadata, taxFreeAmount: request.taxFreeAmount,
    validHours: request.virtualAccount && request.virtualAccount.validHours
  });
  var result = await enter(url, request.successUrl !== undefined);
  return {
    paymentType: result.paymentType, paymentKey: result.paymentKey, orderId: result.orderId,
    amount: { value: Number(result.amount), currency: amount.currency }
  };
}
function find(selector) {
  var element = typeof selector === 'string' ? document.querySelector(selector) : null;
  if (!element) throw fail('INVALID_SELECTOR', selector + ' 에 해당하는 요소가 없습니다.');
  return element;
}
function emitter() {
  var heard = {};
  return {
    on: function (name, callback) { (heard[name] = heard[name] || []).push(callback); },
    tell: function (name, value) { (heard[name] || []).forEach(function (callback) { callback(value); }); }
  };
}
function renderMethods(place, onSelect) {
  var name = 'toss-simulator-method-' + (widgetNumber += 1);
  var set = document.createElement('fieldset');
  set.style.cssText = 'border:0;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(130px,1fr));gap:8px';
  var legend = document.createElement('legend');
  legend.textContent = '결제 방법';
  legend.style.cssText = 'font-weight:600;margin-bottom:8px;padding:0';
  set.appendChild(legend);
  METHODS.forEach(function (each, index) {
    var label = document.createElement('label');
    label.style.cssText = 'display:flex;gap:8px;align-items:center;padding:12px;border:1px solid #d1d6db;border-radius:12px;cursor:pointer';
    var radio = document.createElement('input');
    radio.type = 'radio';
    radio.name = name;
    radio.value = each.code;
    radio.checked = index === 0;
    label.append(radio, each.label);
    set.appendChild(label);
  });
  function paint() {
    set.querySelectorAll('label').forEach(function (label) {
      var chosen = label.firstChild.checked;
      label.style.borderColor = chosen ? '#3182f6' : '#d1d6db';
      label.style.background = chosen ? '#f0f6ff' : '#fff';
    });
  }
  set.addEventListener('change', function (event) { paint(); onSelect(event.target.value); });
  paint();
  place.replaceChildren(set);
  return set;
}

function widgets(clientKey, customerKey) {
  var amount, chosen, agreed, agreementPlace, methodsPlace;
  return {
    setAmount: async function (given) { checkAmount(given); amount = { currency: given.currency, value: given.value }; },
    renderPaymentMethods: async function (options) {
      if (!amount) throw fail('NOT_SETUP_AMOUNT', '먼저 setAmount()로 금액을 정하세요.');
      if (methodsPlace) throw fail('PAYMENT_METHODS_WIDGET_ALREADY_RENDERED', '결제 UI가 이미 그려져 있습니다.');
      var events = emitter();
      methodsPlace = find(options && options.selector);
      chosen = METHODS[0];
      renderMethods(methodsPlace, function (code) {
        chosen = METHODS.find(function (each) { return each.code === code; });
        events.tell('paymentMethodSelect', { code: code });
      });
      return {
        on: events.on,
        getSelectedPaymentMethod: async function () { return { code: chosen.code }; },
        destroy: async function () { methodsPlace.replaceChildren(); methodsPlace = undefined; chosen = undefined; }
      };
    },
    renderAgreement: async function (options) {
      if (agreementPlace) throw fail('AGREEMENT_WIDGET_ALREADY_RENDERED', '약관 UI가 이미 그려져 있습니다.');
      var events = emitter();
      agreementPlace = find(options && options.selector);
      var label = document.createElement('label');
      label.style.cssText = 'display:flex;gap:8px;align-items:center;padding:12px 0;cursor:pointer';
      var box = document.createElement('input');
      box.type = 'checkbox';
      box.checked = agreed = true;
      label.append(box, '[필수] 결제 서비스 이용 약관, 개인정보 처리 동의');
      agreementPlace.replaceChildren(label);
      box.addEventListener('change', function () {
        agreed = box.checked;
        events.tell('agreementStatusChange', { agreedRequiredTerms: agreed, agreements: [] });
      });
      setTimeout(function () { events.tell('agreementStatusChange', { agreedRequiredTerms: agreed, agreements: [] }); });
      return { on: events.on, destroy: async function () { agreementPlace.replaceChildren(); agreementPlace = undefined; agreed = false; } };
    },
    requestPayment: async function (request) {
      if (!amount) throw fail('NOT_SETUP_AMOUNT', '먼저 setAmount()로 금액을 정하세요.');
      if (!chosen) throw fail('NOT_SELECTED_PAYMENT_METHOD', '결제수단이 선택되지 않았습니다.');
      if (!agreed) throw fail('NEED_AGREEMENT_WITH_REQUIRED_TERMS', '필수 약관에 동의해주세요.');
      return openPayment(clientKey, customerKey, amount, chosen, request || {});
    }
  };
}

function payment(clientKey, customerKey) {
  return {
    requestPayment: async function (request) {
      var chosen = METHODS.find(function (each) { return each.code === (request && request.method); });
      if (!chosen || chosen.method === '간편결제') throw fail('NOT_SUPPORTED_METHOD', '지원되지 않는 결제수단입니다.');
      checkAmount(request.amount);
      return openPayment(clientKey, customerKey, request.amount, chosen, request);
    },
    requestBillingAuth: async function (request) {
      if (!request || ['CARD', 'TRANSFER'].indexOf(request.method) < 0) throw fail('NOT_SUPPORTED_METHOD', '지원되지 않는 결제수단입니다.');
      if (customerKey === ANONYMOUS) throw fail('INVALID_CUSTOMER_KEY', '자동결제에는 customerKey가 필요합니다.');
      checkUrls(request, true);
      var url = await post('/window/billing', {
        clientKey: clientKey, method: request.method,
        customerKey: customerKey, customerName: request.customerName,
        successUrl: request.successUrl, failUrl: request.failUrl
      });
      await enter(url, true);
    },
    destroy: async function () {}
  };
}

function TossPayments(clientKey) {
  var kind = /^(test|live)_(gck|ck)_/.exec(clientKey);
  if (!kind) throw fail('INVALID_CLIENT_KEY', '클라이언트 키가 올바르지 않습니다.');
  return {
    widgets: function (options) {
      if (kind[2] === 'ck') throw fail('NOT_SUPPORTED_API_INDIVIDUAL_KEY', 'API 개별 연동 키로는 결제위젯을 쓸 수 없습니다.');
      checkCustomerKey(options && options.customerKey);
      return widgets(clientKey, options.customerKey);
    },
    payment: function (options) {
      if (kind[2] === 'gck') throw fail('NOT_SUPPORTED_WIDGET_KEY', '결제위젯 연동 키로는 결제창을 쓸 수 없습니다.');
      checkCustomerKey(options && options.customerKey);
      return payment(clientKey, options.customerKey);
    }
  };
}
TossPayments.ANONYMOUS = ANONYMOUS;
window.TossPayments = TossPayments;
})();
`;
