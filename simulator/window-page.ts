import { DEFAULT_BANK } from './means.ts';
import { banks, cards, easyPays, type Organisation } from './organisations.ts';
import type { PaymentRecord } from './payment.ts';
import { WINDOW_FAULTS } from './window-faults.ts';
import type { OpenWindow } from './windows.ts';

const METHODS = ['카드', '간편결제', '계좌이체', '휴대폰', '가상계좌'];
/** Banks that issue virtual accounts (docs: organisation codes). */
const ISSUING_BANKS = ['39', '34', '06', '03', '11', '31', '32', '45', '07', '88', '20', '71', '81'];

const STYLE = `
*{box-sizing:border-box}[hidden]{display:none!important}body{margin:0;background:#f2f4f6;color:#191f28;font:16px/1.5 system-ui,"Apple SD Gothic Neo","Malgun Gothic",sans-serif}
main{max-width:440px;margin:0 auto;min-height:100vh;padding:28px 20px;background:#fff}
.note{font-size:13px;color:#6b7684;margin:0 0 20px}h1{font-size:20px;margin:0}.amount{font-size:30px;font-weight:700;margin:4px 0 4px}
fieldset{border:0;padding:0;margin:20px 0 0}legend,.field>span{font-size:14px;font-weight:600;color:#4e5968;margin-bottom:8px;display:block}
.methods{display:grid;grid-template-columns:1fr 1fr;gap:8px}
.methods label{display:flex;gap:8px;align-items:center;border:1px solid #d1d6db;border-radius:12px;padding:12px;cursor:pointer}
.methods label:has(:checked){border-color:#3182f6;background:#f0f6ff}.methods label:focus-within{outline:2px solid #3182f6;outline-offset:2px}
.field{display:block;margin-top:16px}select{width:100%;padding:12px;border:1px solid #d1d6db;border-radius:12px;background:#fff;font:inherit}
.try{margin-top:24px;padding:4px 16px 16px;border:1px dashed #d1d6db;border-radius:12px}
button{width:100%;padding:15px;border:0;border-radius:12px;font:inherit;font-weight:600;margin-top:10px;cursor:pointer;background:#f2f4f6;color:#4e5968}
button[value=pay]{background:#3182f6;color:#fff;margin-top:24px}button:focus-visible,select:focus-visible{outline:2px solid #3182f6;outline-offset:2px}
`;

/** Shows the choice that belongs to the chosen method; without the script all of them show, and the form works the same. */
const SWITCH = `
const show=()=>{const m=document.querySelector('[name=method]:checked')?.value;for(const f of document.querySelectorAll('[data-for]'))f.hidden=!f.dataset.for.split(' ').includes(m)};
document.addEventListener('change',show);show();
`;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escape(title)}</title><style>${STYLE}</style></head><body><main>
<p class="note">결제 시뮬레이터 · 실제 돈은 움직이지 않습니다</p>${body}</main></body></html>`;
}

function select(
  label: string,
  name: string,
  options: [string, string][],
  chosen: string | undefined,
  forMethods: string,
): string {
  const rows = options.map(
    ([value, text]) =>
      `<option value="${escape(value)}"${value === chosen ? ' selected' : ''}>${escape(text)}</option>`,
  );
  const scope = forMethods === '' ? '' : ` data-for="${forMethods}"`;
  return `<label class="field"${scope}><span>${label}</span><select name="${name}">${rows.join('')}</select></label>`;
}

const byCode = (list: Organisation[]): [string, string][] => list.map(({ code, nameKo }) => [code, nameKo]);

export function paymentPage(id: string, { payment, particulars: { choice } }: PaymentRecord): string {
  const methods = METHODS.map(
    (method) =>
      `<label><input type="radio" name="method" value="${method}"${method === choice.method ? ' checked' : ''}>${method}</label>`,
  );
  const faults: [string, string][] = [
    ['', '없음 (정상 승인)'],
    ...WINDOW_FAULTS.map(({ name, label }): [string, string] => [name, label]),
  ];
  return page(
    `결제 · ${payment.orderName}`,
    `
<h1>${escape(payment.orderName)}</h1>
<p class="amount">${payment.totalAmount.toLocaleString('ko-KR')}${payment.currency === 'KRW' ? '원' : ` ${escape(payment.currency)}`}</p>
<p class="note">주문번호 ${escape(payment.orderId)}</p>
<form method="post" action="/window/${id}">
<fieldset><legend>결제 수단</legend><div class="methods">${methods.join('')}</div></fieldset>
${select('카드사', 'issuerCode', byCode(cards), choice.issuerCode ?? '71', '카드')}
${select(
  '간편결제',
  'easyPayProvider',
  easyPays.map(({ nameKo }) => [nameKo, nameKo]),
  choice.easyPayProvider ?? '토스페이',
  '간편결제',
)}
${select('은행', 'bankCode', byCode(banks.filter(({ code }) => ISSUING_BANKS.includes(code))), choice.bankCode ?? '20', '계좌이체 가상계좌')}
<div class="try">${select('이 결제에 일어날 일 (개발용)', 'fault', faults, '', '')}</div>
<button name="action" value="pay">결제하기</button>
<button name="action" value="decline">결제 거절</button>
<button name="action" value="close">닫기</button>
</form><script>${SWITCH}</script>`,
  );
}

export function billingPage(id: string, { customerKey, method }: OpenWindow): string {
  const byAccount = method === 'TRANSFER';
  const title = byAccount ? '자동결제 계좌 등록' : '자동결제 카드 등록';
  const choice = byAccount
    ? select('은행', 'bankCode', byCode(banks), DEFAULT_BANK, '')
    : select('카드사', 'issuerCode', byCode(cards), '71', '');
  return page(
    title,
    `
<h1>${title}</h1><p class="note">고객 ${escape(customerKey ?? '')}</p>
<form method="post" action="/window/${id}">
${choice}
<button name="action" value="pay">등록하기</button>
<button name="action" value="decline">등록 거절</button>
<button name="action" value="close">닫기</button>
</form>`,
  );
}

export function endedPage(text: string): string {
  return page('결제창', `<h1>${escape(text)}</h1>`);
}

/** Tells the embedding page, and only it, how the flow without URLs came out. */
export function messagePage(opener: string, result: Record<string, string>): string {
  const told = JSON.stringify({ source: 'tosspayments-simulator', result }).replace(/</g, '\\u003c');
  const origin = JSON.stringify(opener).replace(/</g, '\\u003c');
  return page('결제창', `<h1>상점으로 돌아갑니다.</h1><script>parent.postMessage(${told}, ${origin})</script>`);
}
