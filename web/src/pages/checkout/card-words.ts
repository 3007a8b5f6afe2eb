import { dictionary } from '../../words/dictionary.ts';

export const withCard = dictionary(
  {
    title: '등록 카드로 구독',
    subscribe: (card: string) => `등록 카드로 구독 · ${card}`,
    sure: (plan: string) => `${plan} 구독을 시작할까요?`,
    now: '지금 결제할 금액',
    after: '다음 결제',
    afterDay: (months: number) => (months === 1 ? '한 달마다 자동으로' : `${months}개월마다 자동으로`),
    card: '결제할 카드',
    terms:
      '해지하기 전까지 기간이 끝날 때마다 이 카드로 결제됩니다. 요금제의 가격이 바뀌어도 지금 구독하는 금액을 넘지 않습니다. 해지는 언제든 내 구독에서 할 수 있습니다. 잔액이 있으면 먼저 씁니다.',
    pay: (amount: string) => `${amount} 결제하고 구독`,
    keep: '닫기',
    register: '카드를 등록해 두면 한 번에 구독하고, 기간이 끝날 때마다 자동으로 이어집니다.',
    toCards: '카드 등록하러 가기',
    choose: '카드',
  },
  {
    title: 'Subscribe with a card on file',
    subscribe: (card) => `Subscribe with ${card}`,
    sure: (plan) => `Subscribe to ${plan}?`,
    now: 'To pay now',
    after: 'Then',
    afterDay: (months) => (months === 1 ? 'automatically, every month' : `automatically, every ${months} months`),
    card: 'Card',
    terms:
      'This card is charged at the end of each period until you cancel, which you can do at any time under “My subscription”. A new price of the plan does not raise what you subscribe for now. A balance of yours is used up first.',
    pay: (amount) => `Pay ${amount} and subscribe`,
    keep: 'Close',
    register: 'With a card on file you subscribe at once, and it renews automatically.',
    toCards: 'Register a card',
    choose: 'Card',
  },
);
