import table from './org-codes.json' with { type: 'json' };

export interface Name {
  ko: string;
  en: string;
}

const withSpaces = (alias: string) => alias.replaceAll('_', ' ');

const cards = new Map(
  [...table.cardsDomestic, ...table.cardsOverseas].map((card): [string, Name] => [
    card.code,
    { ko: card.nameKo, en: withSpaces(card.aliasEn) },
  ]),
);
const banks = new Map(
  [...table.banks, ...table.securities].map((bank): [string, Name] => [
    bank.code,
    { ko: bank.nameKo, en: withSpaces(bank.aliasEn) },
  ]),
);
const wallets = new Map(
  table.easyPayProviders.map((wallet): [string, Name] => [wallet.nameKo, { ko: wallet.nameKo, en: wallet.code }]),
);

const methods: Record<string, Name> = {
  카드: { ko: '카드', en: 'Card' },
  가상계좌: { ko: '가상계좌', en: 'Virtual account' },
  간편결제: { ko: '간편결제', en: 'Easy pay' },
  휴대폰: { ko: '휴대폰', en: 'Mobile phone' },
  계좌이체: { ko: '계좌이체', en: 'Bank transfer' },
  문화상품권: { ko: '문화상품권', en: 'Culture gift certificate' },
  도서문화상품권: { ko: '도서문화상품권', en: 'Book gift certificate' },
  게임문화상품권: { ko: '게임문화상품권', en: 'Game gift certificate' },
};

const sameInBoth = (text: string): Name => ({ ko: text, en: text });

/** The name of a card company by Toss's two-character code; the code itself where Toss added one we do not know. */
export const cardName = (code: string): Name => cards.get(code) ?? sameInBoth(code);

/** The name of a bank or securities firm by Toss's two-character code. */
export const bankName = (code: string): Name => banks.get(code) ?? sameInBoth(code);

const bankCodes = new Map(
  [...table.banks, ...table.securities].flatMap(({ code, nameKo, aliasEn, ...more }) => {
    const spellings = [
      code,
      nameKo,
      nameKo.replace(/은행$/, ''),
      aliasEn,
      withSpaces(aliasEn),
      ...('bankCode3' in more ? [more.bankCode3] : []),
    ];
    return spellings.map((spelling): [string, string] => [spelling.toUpperCase(), code]);
  }),
);

/** Toss's code of a bank or securities firm, by that code, the banks' three digits, or its Korean or English name. */
export const bankCodeOf = (named: string): string | undefined => bankCodes.get(named.trim().toUpperCase());

/** What a buyer reads where Toss did not say what was paid with. */
export const UNKNOWN_METHOD: Name = { ko: '알 수 없음', en: 'Unknown' };

/** How a buyer would call what they paid with: 토스페이, 신한카드, 농협은행 가상계좌, 휴대폰. */
export function describePaymentMethod(paid: {
  method: string | null;
  issuerCode: string | null;
  easyPayProvider: string | null;
}): Name | null {
  const { method, issuerCode, easyPayProvider } = paid;
  if (easyPayProvider && method !== '카드') return wallets.get(easyPayProvider) ?? sameInBoth(easyPayProvider);
  if (!method) return null;
  const name = methods[method] ?? sameInBoth(method);
  if (!issuerCode) return name;
  if (method === '카드') return cardName(issuerCode);
  const bank = bankName(issuerCode);
  return { ko: `${bank.ko} ${name.ko}`, en: `${bank.en} ${name.en.toLowerCase()}` };
}
