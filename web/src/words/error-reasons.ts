import { dictionary, useWords } from './dictionary.ts';

/** What a buyer can do about an error code. */
const reasons = dictionary(
  {
    PAY_PROCESS_CANCELED: '결제창을 닫아 결제가 취소되었습니다.',
    PAY_PROCESS_ABORTED: '결제 진행 중 문제가 생겨 멈췄습니다. 다른 결제 수단으로 시도해 보세요.',
    REJECT_CARD_COMPANY: '카드사가 승인을 거절했습니다. 다른 카드로 시도하거나 카드사에 문의해 주세요.',
    REJECT_CARD_PAYMENT: '한도를 넘었거나 잔액이 부족합니다. 다른 카드로 시도해 주세요.',
    EXCEED_MAX_DAILY_PAYMENT_COUNT: '오늘 결제할 수 있는 횟수를 넘었습니다. 내일 다시 시도해 주세요.',
    INVALID_CARD_EXPIRATION: '카드 유효기간이 올바르지 않습니다. 카드 정보를 확인해 주세요.',
    INVALID_STOPPED_CARD: '정지된 카드입니다. 다른 카드로 시도해 주세요.',
    INVALID_CARD_LOST_OR_STOLEN: '분실 또는 도난 신고된 카드입니다. 다른 카드로 시도해 주세요.',
    ORDER_EXPIRED: '주문의 유효 시간이 지났습니다. 요금제를 다시 선택해 주세요.',
    ORDER_NOT_FOUND: '주문을 찾을 수 없습니다. 요금제를 다시 선택해 주세요.',
    AMOUNT_MISMATCH: '결제 금액이 주문과 달라 승인하지 않았습니다.',
    PAYMENT_MISMATCH: '승인된 내용이 주문과 달라 바로 취소했습니다. 결제 금액은 자동으로 환불됩니다.',
    ORDER_OUTDATED: '주문한 뒤에 구독이나 잔액이 바뀌었습니다. 다시 주문해 주세요.',
  },
  {
    PAY_PROCESS_CANCELED: 'The payment window was closed, so nothing was charged.',
    PAY_PROCESS_ABORTED: 'Something went wrong during the payment. Please try another payment method.',
    REJECT_CARD_COMPANY: 'The card company declined. Please try another card or contact the card company.',
    REJECT_CARD_PAYMENT: 'The limit was exceeded or the balance is too low. Please try another card.',
    EXCEED_MAX_DAILY_PAYMENT_COUNT: 'The card has been used too often today. Please try again tomorrow.',
    INVALID_CARD_EXPIRATION: 'The expiry date of the card is wrong. Please check it.',
    INVALID_STOPPED_CARD: 'The card is suspended. Please try another one.',
    INVALID_CARD_LOST_OR_STOLEN: 'The card was reported lost or stolen. Please try another one.',
    ORDER_EXPIRED: 'The order has expired. Please choose a plan again.',
    ORDER_NOT_FOUND: 'The order was not found. Please choose a plan again.',
    AMOUNT_MISMATCH: 'The amount differed from the order, so it was not approved.',
    PAYMENT_MISMATCH: 'The approved payment differed from the order and was cancelled. You will be refunded.',
    ORDER_OUTDATED: 'Your subscription or balance has changed since you ordered. Please order again.',
  },
);

/**
 * Our words for an error code in an address. Anyone can write an address, so its text is never shown: a code without
 * words of ours, such as `constructor`, gives null.
 */
export function useReason(): (...codes: (string | undefined)[]) => string | null {
  const words = useWords(reasons);
  return (...codes) => {
    const known = codes.find((code) => code !== undefined && Object.hasOwn(words, code));
    return known === undefined ? null : words[known as keyof typeof words];
  };
}
