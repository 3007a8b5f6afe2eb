/** Part of the browser SDK: the widgets for the payment methods and the agreement. */
export const SDK_WIDGETS = String.raw`
var widgetNumber = 0;

function findElement(selector) {
  var element = typeof selector === 'string' ? document.querySelector(selector) : null;
  check(element, 'INVALID_SELECTOR', selector + ' 에 해당하는 요소가 없습니다.');
  return element;
}
function newEmitter() {
  var listeners = {};
  return {
    on: function (name, callback) { (listeners[name] = listeners[name] || []).push(callback); },
    emit: function (name, value) { (listeners[name] || []).forEach(function (callback) { callback(value); }); }
  };
}
function newLabel(style, input, text) {
  var label = document.createElement('label');
  label.style.cssText = 'display:flex;gap:8px;align-items:center;cursor:pointer;' + style;
  label.append(input, text);
  return label;
}
function newInput(type) {
  var input = document.createElement('input');
  input.type = type;
  return input;
}
function renderMethods(place, onSelect) {
  var name = 'toss-simulator-method-' + (widgetNumber += 1);
  var set = document.createElement('fieldset');
  set.style.cssText = 'border:0;margin:0;padding:0;display:grid;gap:8px;' +
    'grid-template-columns:repeat(auto-fill,minmax(130px,1fr))';
  var legend = document.createElement('legend');
  legend.textContent = '결제 방법';
  legend.style.cssText = 'font-weight:600;margin-bottom:8px;padding:0';
  set.appendChild(legend);
  METHODS.forEach(function (each, index) {
    var radio = newInput('radio');
    radio.name = name;
    radio.value = each.code;
    radio.checked = index === 0;
    set.appendChild(newLabel('padding:12px;border:1px solid #d1d6db;border-radius:12px', radio, each.label));
  });
  function paint() {
    set.querySelectorAll('label').forEach(function (label) {
      var isChosen = label.firstChild.checked;
      label.style.borderColor = isChosen ? '#3182f6' : '#d1d6db';
      label.style.background = isChosen ? '#f0f6ff' : '#fff';
    });
  }
  set.addEventListener('change', function (event) { paint(); onSelect(event.target.value); });
  paint();
  place.replaceChildren(set);
}
function renderMethodsWidget(state, selector) {
  check(state.amount, 'NOT_SETUP_AMOUNT', '먼저 setAmount()로 금액을 정하세요.');
  check(!state.methodsPlace, 'PAYMENT_METHODS_WIDGET_ALREADY_RENDERED', '결제 UI가 이미 그려져 있습니다.');
  var events = newEmitter();
  state.methodsPlace = findElement(selector);
  state.chosen = METHODS[0];
  renderMethods(state.methodsPlace, function (code) {
    state.chosen = findMethod(code);
    events.emit('paymentMethodSelect', { code: code });
  });
  return {
    on: events.on,
    getSelectedPaymentMethod: async function () { return { code: state.chosen.code }; },
    destroy: async function () {
      state.methodsPlace.replaceChildren();
      state.methodsPlace = state.chosen = undefined;
    }
  };
}
function renderAgreementWidget(state, selector) {
  check(!state.agreementPlace, 'AGREEMENT_WIDGET_ALREADY_RENDERED', '약관 UI가 이미 그려져 있습니다.');
  var events = newEmitter();
  state.agreementPlace = findElement(selector);
  var box = newInput('checkbox');
  box.checked = state.isAgreed = true;
  var text = '[필수] 결제 서비스 이용 약관, 개인정보 처리 동의';
  state.agreementPlace.replaceChildren(newLabel('padding:12px 0', box, text));
  function emitStatus() {
    events.emit('agreementStatusChange', { agreedRequiredTerms: state.isAgreed, agreements: [] });
  }
  box.addEventListener('change', function () { state.isAgreed = box.checked; emitStatus(); });
  setTimeout(emitStatus);
  return {
    on: events.on,
    destroy: async function () {
      state.agreementPlace.replaceChildren();
      state.agreementPlace = undefined;
      state.isAgreed = false;
    }
  };
}
function newWidgets(clientKey, customerKey) {
  var state = {};
  return {
    setAmount: async function (amount) {
      checkAmount(amount);
      state.amount = { currency: amount.currency, value: amount.value };
    },
    renderPaymentMethods: async function (options) { return renderMethodsWidget(state, options && options.selector); },
    renderAgreement: async function (options) { return renderAgreementWidget(state, options && options.selector); },
    requestPayment: async function (request) {
      check(state.amount, 'NOT_SETUP_AMOUNT', '먼저 setAmount()로 금액을 정하세요.');
      check(state.chosen, 'NOT_SELECTED_PAYMENT_METHOD', '결제수단이 선택되지 않았습니다.');
      check(state.isAgreed, 'NEED_AGREEMENT_WITH_REQUIRED_TERMS', '필수 약관에 동의해주세요.');
      return openPayment(clientKey, customerKey, state.amount, state.chosen, request || {});
    }
  };
}
`;
