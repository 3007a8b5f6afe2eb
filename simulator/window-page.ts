import { banks, cards, easyPays, type Organisation } from './organisations.ts';
import { DEFAULT_BANK, type Choice } from './payment-method.ts';
import type { PaymentRecord } from './payment.ts';
import { WINDOW_FAULTS } from './window-faults.ts';
import { WINDOW_SCRIPT, WINDOW_STYLE } from './window-style.ts';
import type { OpenWindow } from './windows.ts';

const METHODS = ['카드', '간편결제', '계좌이체', '휴대폰', '가상계좌'];
const DEFAULT_CARD = '71';
const DEFAULT_EASY_PAY = '토스페이';
/** Banks that issue virtual accounts (docs: organisation codes). */
const ISSUING_BANKS = ['39', '34', '06', '03', '11', '31', '32', '45', '07', '88', '20', '71', '81'];

type Option = [value: string, text: string];

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escape(title)}</title><style>${WINDOW_STYLE}</style></head><body><main>
<p class="note">결제 시뮬레이터 · 실제로 결제되지 않습니다</p>${body}</main></body></html>`;
}

interface Select {
  label: string;
  name: string;
  options: Option[];
  chosen?: string;
  /** The methods that the field belongs to, separated by spaces. */
  forMethods?: string;
}

function select({ label, name, options, chosen, forMethods }: Select): string {
  const rows = options.map(
    ([value, text]) =>
      `<option value="${escape(value)}"${value === chosen ? ' selected' : ''}>${escape(text)}</option>`,
  );
  const scope = forMethods === undefined ? '' : ` data-for="${forMethods}"`;
  return `<label class="field"${scope}><span>${label}</span><select name="${name}">${rows.join('')}</select></label>`;
}

function methodRadio(method: string, chosen: string): string {
  const checked = method === chosen ? ' checked' : '';
  return `<label><input type="radio" name="method" value="${method}"${checked}>${method}</label>`;
}

const byCode = (list: Organisation[]): Option[] => list.map(({ code, nameKo }) => [code, nameKo]);
const EASY_PAYS = easyPays.map(({ nameKo }): Option => [nameKo, nameKo]);
const VIRTUAL_ACCOUNT_BANKS = byCode(banks.filter(({ code }) => ISSUING_BANKS.includes(code)));
const FAULTS: Option[] = [['', '없음 (정상 승인)'], ...WINDOW_FAULTS.map(({ name, label }): Option => [name, label])];

function methodFields({ issuerCode, easyPayProvider, bankCode }: Choice): string {
  const fields: Select[] = [
    {
      label: '카드사',
      name: 'issuerCode',
      options: byCode(cards),
      chosen: issuerCode ?? DEFAULT_CARD,
      forMethods: '카드',
    },
    {
      label: '간편결제',
      name: 'easyPayProvider',
      options: EASY_PAYS,
      chosen: easyPayProvider ?? DEFAULT_EASY_PAY,
      forMethods: '간편결제',
    },
    {
      label: '은행',
      name: 'bankCode',
      options: VIRTUAL_ACCOUNT_BANKS,
      chosen: bankCode ?? DEFAULT_BANK,
      forMethods: '계좌이체 가상계좌',
    },
  ];
  return fields.map(select).join('\n');
}

export function paymentPage(id: string, { payment, particulars: { choice } }: PaymentRecord): string {
  const { orderName, orderId, totalAmount, currency } = payment;
  const unit = currency === 'KRW' ? '원' : ` ${escape(currency)}`;
  return page(
    `결제 · ${orderName}`,
    `
<h1>${escape(orderName)}</h1>
<p class="amount">${totalAmount.toLocaleString('ko-KR')}${unit}</p>
<p class="note">주문번호 ${escape(orderId)}</p>
<form method="post" action="/window/${id}">
<fieldset><legend>결제 수단</legend>
<div class="methods">${METHODS.map((method) => methodRadio(method, choice.method)).join('')}</div></fieldset>
${methodFields(choice)}
<div class="faults">${select({ label: '이 결제에 일어날 일 (개발용)', name: 'fault', options: FAULTS })}</div>
<button name="action" value="pay">결제하기</button>
<button name="action" value="decline">결제 거절</button>
<button name="action" value="close">닫기</button>
</form><script>${WINDOW_SCRIPT}</script>`,
  );
}

export function billingPage(id: string, { customerKey, method }: OpenWindow): string {
  const isAccount = method === 'TRANSFER';
  const title = isAccount ? '자동결제 계좌 등록' : '자동결제 카드 등록';
  const field = isAccount
    ? { label: '은행', name: 'bankCode', options: byCode(banks), chosen: DEFAULT_BANK }
    : { label: '카드사', name: 'issuerCode', options: byCode(cards), chosen: DEFAULT_CARD };
  return page(
    title,
    `
<h1>${title}</h1><p class="note">고객 ${escape(customerKey ?? '')}</p>
<form method="post" action="/window/${id}">
${select(field)}
<button name="action" value="pay">등록하기</button>
<button name="action" value="decline">등록 거절</button>
<button name="action" value="close">닫기</button>
</form>`,
  );
}

export function endedPage(text: string): string {
  return page('결제창', `<h1>${escape(text)}</h1>`);
}

/** Sends the result of a window without URLs to the page that embeds it, and to no other origin. */
export function messagePage(opener: string, result: Record<string, string>): string {
  const message = JSON.stringify({ source: 'tosspayments-simulator', result }).replace(/</g, '\\u003c');
  const origin = JSON.stringify(opener).replace(/</g, '\\u003c');
  return page('결제창', `<h1>상점으로 돌아갑니다.</h1><script>parent.postMessage(${message}, ${origin})</script>`);
}
