import { z } from 'zod';
import { refusal, type ApiResponse, type Language } from './errors.ts';
import type { Choice } from './payment-method.ts';

/** Body of `POST /v1/billing/authorizations/card`: the card itself (docs: billing; closed to new contracts). */
export const cardBody = z.object({
  customerKey: z.string().min(1),
  cardNumber: z.string(),
  cardExpirationYear: z.string(),
  cardExpirationMonth: z.string(),
  customerIdentityNumber: z.string(),
  cardPassword: z.string().nullish(),
  customerName: z.string().max(100).nullish(),
  customerEmail: z.string().max(100).nullish(),
});

type TypedCard = z.infer<typeof cardBody>;

/** Measured: issued, but of an unknown type, which a charge refuses (NOT_SUPPORTED_CARD_TYPE). */
const OF_UNKNOWN_TYPE = new Set(['4330121234567890', '5520221234567890']);
/** Measured: this prefix is 하나's. The issuer of other cards is UNVERIFIED: the default of the window is used. */
const ISSUERS: Record<string, string> = { '941000': '21' };

/** Cards that Toss refuses before it asks the card company. */
export function refusedCard(card: TypedCard, now: number, language: Language): ApiResponse | undefined {
  // A prefix alone is refused (measured). Cards have these lengths.
  if (!/^\d{13,19}$/.test(card.cardNumber)) return refusal('INVALID_CARD_NUMBER', language);
  const month = Number(/^(0?[1-9]|1[0-2])$/.exec(card.cardExpirationMonth)?.[0]);
  const year = Number(/^\d\d$/.exec(card.cardExpirationYear)?.[0]);
  // Valid until the end of the printed month.
  if (!(Date.UTC(2000 + year, month, 1) > now)) return refusal('INVALID_CARD_EXPIRATION', language);
  if (!/^(\d{6}|\d{10})$/.test(card.customerIdentityNumber)) return refusal('INVALID_BIRTH_DAY_FORMAT', language);
  if (card.cardPassword != null && !/^\d\d$/.test(card.cardPassword)) return refusal('INVALID_CARD_PASSWORD', language);
  return undefined;
}

export function choiceOfCard({ cardNumber }: TypedCard): Choice {
  const issuerCode = ISSUERS[cardNumber.slice(0, 6)];
  return {
    method: '카드',
    cardNumber: `${cardNumber.slice(0, 8)}${'*'.repeat(cardNumber.length - 12)}${cardNumber.slice(-4, -1)}*`,
    ...(issuerCode !== undefined && { issuerCode }),
    ...(OF_UNKNOWN_TYPE.has(cardNumber) && { cardType: '미확인', ownerType: '미확인' }),
  };
}
