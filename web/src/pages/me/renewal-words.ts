import type { Subscription } from '../../api/client.ts';
import { dictionary } from '../../words/dictionary.ts';

/** A status without a word does not compile. */
export const subscriptionStatusWords = dictionary(
  {
    TRIALING: '무료 체험 중',
    ACTIVE: '이용 중',
    PAST_DUE: '결제 연체',
    CANCELED: '해지됨',
    EXPIRED: '만료됨',
  } satisfies Record<Subscription['status'], string>,
  { TRIALING: 'Trial', ACTIVE: 'Active', PAST_DUE: 'Past due', CANCELED: 'Cancelled', EXPIRED: 'Expired' },
);

export const renewalWords = dictionary(
  {
    nextCharge: '다음 결제일',
    nextRetry: '다음 결제 시도',
    noRenewal: '자동으로 결제되지 않습니다.',
    pastDue: '카드사가 결제를 거절해 이번 기간의 요금이 결제되지 않았습니다.',
    pastDueAction: '다른 카드를 등록하면 바로 다시 결제하고, 구독은 끊기지 않습니다.',
    retryOn: (day: string) => `다른 카드를 등록하지 않으면 ${day}에 같은 카드로 다시 결제합니다.`,
    graceUntil: (day: string) => `${day}까지 결제되지 않으면 구독이 끝납니다.`,
    registerOther: '다른 카드 등록하고 결제',
    afterTrial: (day: string, price: string, plan: string) =>
      `무료 체험이 끝나면서 ${day}에 ${plan} 요금 ${price}이 처음 결제됩니다.`,
    charge: (day: string, price: string, plan: string) => `${day}에 ${plan} 요금 ${price}이 결제됩니다.`,
    consentHint: '동의해야 결제됩니다. 동의하지 않으면 결제되지 않고, 구독은 지금 기간이 끝날 때 함께 끝납니다.',
    consentFrom: (day: string) => `결제하려면 동의가 필요합니다. 동의는 ${day}부터 할 수 있습니다.`,
    consent: (price: string) => `${price} 결제에 동의합니다`,
    endedOn: '종료일',
  },
  {
    nextCharge: 'Next charge',
    nextRetry: 'Next retry',
    noRenewal: 'Auto-renew is off.',
    pastDue: 'Your card was declined, so this period has not been paid.',
    pastDueAction: 'Register another card: it is charged at once, and your subscription continues without a gap.',
    retryOn: (day) => `Otherwise the same card is retried on ${day}.`,
    graceUntil: (day) => `If nothing is paid by ${day}, your subscription ends.`,
    registerOther: 'Register another card and pay',
    afterTrial: (day, price, plan) =>
      `When your trial ends on ${day}, ${plan} is charged for the first time: ${price}.`,
    charge: (day, price, plan) => `${plan} is charged on ${day}: ${price}.`,
    consentHint: 'You are charged only if you agree. Otherwise your subscription ends with this period.',
    consentFrom: (day) => `You are charged only if you agree, which you can do from ${day} on.`,
    consent: (price) => `I agree to be charged ${price}`,
    endedOn: 'Ended',
  },
);
