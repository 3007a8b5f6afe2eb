import { dictionary } from '../../words/dictionary.ts';

export const cardSubscriptionWords = dictionary(
  {
    title: '등록 카드로 구독',
    subscribe: (card: string) => `등록 카드로 구독 · ${card}`,
    confirm: (plan: string) => `${plan} 구독을 시작할까요?`,
    now: '지금 결제할 금액',
    after: '다음 결제',
    everyMonths: (months: number) => (months === 1 ? '한 달마다 자동으로' : `${months}개월마다 자동으로`),
    card: '결제할 카드',
    terms:
      '해지하기 전까지 기간이 끝날 때마다 이 카드로 결제됩니다. ' +
      '요금제의 가격이 바뀌어도 지금 구독하는 금액을 넘지 않습니다. ' +
      '해지는 언제든 내 구독에서 할 수 있습니다. 잔액이 있으면 먼저 사용합니다.',
    pay: (amount: string) => `${amount} 결제하고 구독`,
    close: '닫기',
    register: '카드를 등록해 두면 한 번에 구독하고, 기간이 끝날 때마다 자동으로 갱신됩니다.',
    toCards: '카드 등록하러 가기',
    choose: '카드',
  },
  {
    title: 'Subscribe with a card on file',
    subscribe: (card) => `Subscribe with ${card}`,
    confirm: (plan) => `Subscribe to ${plan}?`,
    now: 'Due now',
    after: 'Then',
    everyMonths: (months) => (months === 1 ? 'automatically, every month' : `automatically, every ${months} months`),
    card: 'Card',
    terms:
      'This card is charged at the end of each period until you cancel. ' +
      'A price increase of the plan does not raise the amount that you subscribe for now. ' +
      'You can cancel at any time under “My subscription”. Your balance is used first.',
    pay: (amount) => `Pay ${amount} and subscribe`,
    close: 'Close',
    register: 'With a card on file you subscribe at once, and it renews automatically.',
    toCards: 'Register a card',
    choose: 'Card',
  },
);
