import { dictionary } from '../../words/dictionary.ts';

export const cardWords = dictionary(
  {
    title: '등록 카드',
    empty: '등록한 카드가 없습니다.',
    register: '카드 등록',
    registerHint:
      '등록한 카드로 구독하면 기간이 끝날 때마다 자동으로 결제됩니다. ' +
      '카드 번호는 토스페이먼츠가 보관하고, 여기에는 가려진 번호만 남습니다.',
    registerOther: '다른 카드 등록',
    registerOtherHint: '다른 카드를 등록하면 다음 결제부터 그 카드로 결제됩니다.',
    registered: '카드를 등록했습니다.',
    registrationUnknown: '카드가 등록되었는지 확인하지 못했습니다. 목록에 없으면 다시 등록해 주세요.',
    registrationClosed: '등록 창을 닫아 카드를 등록하지 않았습니다.',
    registrationFailed: '카드를 등록하지 못했습니다.',
    windowFailed: '카드 등록 창을 열지 못했습니다. 연결을 확인하고 다시 시도해 주세요.',
    registeredOn: (day: string) => `${day} 등록`,
    isDefault: '자동 결제',
    renewWith: '이 카드로 갱신',
    renewWithOf: (card: string) => `이 카드로 갱신: ${card}`,
    renewTitle: '이 카드로 자동 갱신할까요?',
    renewHint: (day: string) => `지금은 결제하지 않습니다. ${day}에 기간이 끝나면 약정한 금액을 이 카드로 결제합니다.`,
    renewNow: '연체된 요금을 이 카드로 바로 결제하고, 다음부터도 이 카드로 결제합니다.',
    renewYes: '이 카드로 갱신하기',
    remove: '삭제',
    removeOf: (card: string) => `${card} 삭제`,
    removeTitle: '이 카드를 삭제할까요?',
    removeHint: '토스페이먼츠에서도 삭제됩니다. 다시 사용하려면 새로 등록해야 합니다.',
    removeEnds: (day: string) =>
      `이 카드로 자동 결제하고 있습니다. 삭제하면 더 이상 결제되지 않고, 구독은 ${day}에 끝납니다.`,
    removeYes: '카드 삭제하기',
    keep: '그대로 두기',
  },
  {
    title: 'Cards on file',
    empty: 'You have no card on file.',
    register: 'Register a card',
    registerHint:
      'Subscriptions with a card on file renew automatically at the end of each period. ' +
      'Toss Payments keeps the card number. We only see the masked number.',
    registerOther: 'Register another card',
    registerOtherHint: 'If you register another card, it is used from the next charge on.',
    registered: 'Your card is registered.',
    registrationUnknown: 'We could not confirm the registration. If the card is not in the list, please try again.',
    registrationClosed: 'The window was closed, so no card was registered.',
    registrationFailed: 'The card could not be registered.',
    windowFailed: 'The registration window could not be opened. Please check your connection and try again.',
    registeredOn: (day) => `registered ${day}`,
    isDefault: 'Default card',
    renewWith: 'Use for renewals',
    renewWithOf: (card) => `Use ${card} for renewals`,
    renewTitle: 'Renew with this card?',
    renewHint: (day) =>
      `Nothing is charged now. When the period ends on ${day}, this card is charged the agreed amount.`,
    renewNow: 'The overdue amount is charged to this card at once, and so are future renewals.',
    renewYes: 'Renew with this card',
    remove: 'Remove',
    removeOf: (card) => `Remove ${card}`,
    removeTitle: 'Remove this card?',
    removeHint: 'The card is deleted at Toss Payments, too. To use it again you have to register it again.',
    removeEnds: (day) =>
      `Your subscription renews with this card. If you remove it, you are not charged again and it ends on ${day}.`,
    removeYes: 'Remove the card',
    keep: 'Keep the card',
  },
);
