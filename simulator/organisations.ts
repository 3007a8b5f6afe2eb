import codes from './org-codes.json' with { type: 'json' };

export interface Organisation {
  code: string;
  nameKo: string;
  aliasKo: string | null;
  aliasEn: string | null;
}

export const cards: Organisation[] = codes.cardsDomestic;
export const banks: Organisation[] = codes.banks;
export const easyPays: Organisation[] = codes.easyPayProviders;

/** Requests name a bank by code, Korean or English name. Responses have the code (docs: organisation codes). */
export function bankCodeOf(text: string): string | undefined {
  return banks.find((bank) => [bank.code, bank.nameKo, bank.nameKo.replace(/은행$/, ''), bank.aliasEn].includes(text))
    ?.code;
}

export function easyPayName(text: string): string {
  return easyPays.find((provider) => provider.code === text)?.nameKo ?? text;
}

export const bankNameOf = (code: string): string => banks.find((bank) => bank.code === code)?.nameKo ?? code;

/** The name of a card company in older API versions: 롯데, not 롯데카드. */
export function cardCompanyOf(code: string): string | null {
  const card = cards.find((each) => each.code === code);
  return card?.aliasKo ?? card?.nameKo ?? null;
}
