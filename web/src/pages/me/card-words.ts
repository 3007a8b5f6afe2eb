import type { Subscription } from '../../api/client.ts';
import { dictionary } from '../../words/dictionary.ts';

type Status = Subscription['status'];

/** Every status has its word, or it does not compile. */
export const standing = dictionary(
  {
    TRIALING: '무료 체험 중',
    ACTIVE: '이용 중',
    PAST_DUE: '결제 안 됨',
    CANCELED: '해지됨',
    EXPIRED: '만료됨',
  } satisfies Record<Status, string>,
  { TRIALING: 'Trial', ACTIVE: 'Active', PAST_DUE: 'Payment failed', CANCELED: 'Cancelled', EXPIRED: 'Expired' },
);

export const cards = dictionary(
  {
    title: '등록 카드',
    none: '등록한 카드가 없습니다.',
    register: '카드 등록',
    registerHint:
      '등록한 카드로 구독하면 기간이 끝날 때마다 자동으로 결제됩니다. 카드 번호는 토스페이먼츠가 보관하고, 여기에는 가려진 번호만 남습니다.',
    replace: '다른 카드 등록',
    replaceHint: '다른 카드를 등록하면 다음 결제부터 그 카드로 결제됩니다.',
    registered: '카드를 등록했습니다.',
    unknown: '카드가 등록되었는지 토스의 응답을 받지 못했습니다. 목록에 없으면 다시 등록해 주세요.',
    closed: '등록 창을 닫아 카드를 등록하지 않았습니다.',
    refused: '카드를 등록하지 못했습니다.',
    noWindow: '카드 등록 창을 열지 못했습니다. 연결을 확인하고 다시 시도해 주세요.',
    since: (day: string) => `${day} 등록`,
    renews: '자동 결제',
    renewFrom: '이 카드로 갱신',
    renewFromOf: (card: string) => `이 카드로 갱신: ${card}`,
    renewTitle: '이 카드로 자동 갱신할까요?',
    renewHint: (day: string) =>
      `지금은 결제하지 않습니다. ${day}에 기간이 끝날 때 약정한 금액을 이 카드로 결제해 이어 갑니다.`,
    renewNow: '미납 요금을 이 카드로 바로 결제하고, 다음부터도 이 카드로 결제합니다.',
    renewYes: '이 카드로 갱신하기',
    remove: '삭제',
    removeOf: (card: string) => `${card} 삭제`,
    removeTitle: '이 카드를 삭제할까요?',
    removeHint: '토스페이먼츠에서도 지워집니다. 다시 쓰려면 새로 등록해야 합니다.',
    removeEnds: (day: string) =>
      `이 카드로 자동 결제하고 있습니다. 삭제하면 더 결제되지 않고, 구독은 ${day}에 끝납니다.`,
    removeYes: '카드 삭제하기',
    keep: '그대로 두기',
  },
  {
    title: 'Cards on file',
    none: 'You have no card on file.',
    register: 'Register a card',
    registerHint:
      'What you subscribe to with a card on file renews automatically at the end of each period. Toss Payments keeps the number; we see it masked.',
    replace: 'Register another card',
    replaceHint: 'If you register another card, the next charge goes to that one.',
    registered: 'Your card is on file.',
    unknown: 'Toss has not told us whether your card is on file. If it is not in the list, please register it again.',
    closed: 'The window was closed, so no card was registered.',
    refused: 'The card could not be registered.',
    noWindow: 'The window for the card could not be opened. Please check your connection and try again.',
    since: (day) => `registered ${day}`,
    renews: 'Renews from this',
    renewFrom: 'Renew from this',
    renewFromOf: (card) => `Renew from ${card}`,
    renewTitle: 'Renew from this card?',
    renewHint: (day) =>
      `Nothing is charged now. As the period ends on ${day}, this card is charged what you agreed to, and your subscription goes on.`,
    renewNow: 'What is overdue is charged to this card at once, and so is what comes after it.',
    renewYes: 'Renew from this card',
    remove: 'Remove',
    removeOf: (card) => `Remove ${card}`,
    removeTitle: 'Remove this card?',
    removeHint: 'It is deleted at Toss Payments, too. To use it again you would have to register it anew.',
    removeEnds: (day) =>
      `Your subscription renews from this card. Without it nothing more is charged, and it ends on ${day}.`,
    removeYes: 'Remove the card',
    keep: 'Leave it',
  },
);

export const renewal = dictionary(
  {
    nextCharge: '다음 결제일',
    nextTry: '다시 결제할 날',
    noCharge: '자동으로 결제되지 않습니다.',
    pastDue: '카드사가 결제를 거절해 이번 기간의 요금을 받지 못했습니다.',
    pastDueDo: '다른 카드를 등록하면 바로 다시 결제하고, 구독은 끊기지 않습니다.',
    triedAgain: (day: string) => `그대로 두면 ${day}에 같은 카드로 다시 결제합니다.`,
    grace: (day: string) => `${day}까지 결제되지 않으면 구독이 끝납니다.`,
    otherCard: '다른 카드 등록하고 결제',
    afterTrial: (day: string, price: string, plan: string) =>
      `무료 체험이 끝나면서 ${day}에 ${plan} 요금 ${price}이 처음 결제됩니다.`,
    priceRise: (day: string, price: string, plan: string) => `${day}에 ${plan} 요금 ${price}이 결제됩니다.`,
    consentHint: '동의해야 결제됩니다. 동의하지 않으면 결제하지 않고, 구독은 지금 기간이 끝날 때 함께 끝납니다.',
    consentFrom: (day: string) => `결제하려면 동의가 필요합니다. 동의는 ${day}부터 할 수 있습니다.`,
    consent: (price: string) => `${price} 결제에 동의합니다`,
    ended: '종료일',
  },
  {
    nextCharge: 'Next charge',
    nextTry: 'Tried again',
    noCharge: 'No automatic charge.',
    pastDue: 'Your card was declined, so this period has not been paid.',
    pastDueDo: 'Register another card: it is charged at once, and your subscription goes on without a gap.',
    triedAgain: (day) => `Otherwise we try the same card again on ${day}.`,
    grace: (day) => `If nothing is paid by ${day}, your subscription ends.`,
    otherCard: 'Register another card and pay',
    afterTrial: (day, price, plan) => `As your trial ends, ${plan} is charged for the first time on ${day}: ${price}.`,
    priceRise: (day, price, plan) => `${plan} is charged on ${day}: ${price}.`,
    consentHint:
      'It is charged only if you agree. If you do not, nothing is charged and your subscription ends with this period.',
    consentFrom: (day) => `It is charged only if you agree, which you can from ${day} on.`,
    consent: (price) => `I agree to be charged ${price}`,
    ended: 'Ended',
  },
);
