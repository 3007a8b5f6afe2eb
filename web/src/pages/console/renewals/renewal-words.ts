import type { Renewal } from '../../../api/client.ts';
import { dictionary } from '../../../words/dictionary.ts';

/** A state without a word does not compile. */
export const renewalStateWords = dictionary(
  { PLANNED: '예정', HELD: '보류', CHARGED: '결제됨', DECLINED: '거절', UNKNOWN: '확인 중' } satisfies Record<
    Renewal['state'],
    string
  >,
  { PLANNED: 'Planned', HELD: 'On hold', CHARGED: 'Charged', DECLINED: 'Declined', UNKNOWN: 'Processing' },
);

export const renewalWords = dictionary(
  {
    title: '자동 갱신',
    hint: '선택한 날짜에 결제할 카드와 금액입니다. 지난 날짜는 예정과 결과를 나란히 보여 줍니다.',
    day: '날짜',
    totals: '하루 합계',
    count: (count: number) => `${count}건`,
    renewalsOfDay: '자동 갱신 목록',
    empty: '이날 갱신할 구독이 없습니다.',
    planned: '예정',
    result: '결과',
    user: '사용자',
    plan: '요금제',
    amount: '금액',
    card: '카드',
    chargedAt: '결제 시각',
    attempt: (number: number) => `${number}번째`,
    order: '주문',
    history: '결제 이력',
    historyOf: (user: string) => `${user} 결제 이력`,
  },
  {
    title: 'Renewals',
    hint: 'The cards and amounts to charge on a day. For past days, the plan and the result side by side.',
    day: 'Day',
    totals: 'Totals of the day',
    count: (count) => `${count}`,
    renewalsOfDay: 'Renewals of the day',
    empty: 'Nothing renews on this day.',
    planned: 'Planned',
    result: 'Result',
    user: 'User',
    plan: 'Plan',
    amount: 'Amount',
    card: 'Card',
    chargedAt: 'Charged at',
    attempt: (number) => `attempt ${number}`,
    order: 'Order',
    history: 'Payment history',
    historyOf: (user) => `Payment history of ${user}`,
  },
);

export const releaseWords = dictionary(
  {
    release: '보류 해제',
    releaseOf: (user: string) => `${user} 보류 해제`,
    hint:
      '여러 기간이 한꺼번에 밀렸거나, 다른 금액이 승인되어 취소했거나, 오류로 결제하지 못한 구독입니다. ' +
      '보류를 해제하면 한 기간만 결제하고, 남은 기간은 하루에 하나씩 해제할 수 있습니다.',
    yes: '한 기간 결제하기',
    keep: '그대로 두기',
  },
  {
    release: 'Release',
    releaseOf: (user) => `Release ${user}`,
    hint:
      'Several periods are due, a different amount was approved and cancelled, or an error prevented the charge. ' +
      'A release charges one period. The remaining periods can be released one per day.',
    yes: 'Charge one period',
    keep: 'Keep on hold',
  },
);

export const pastDueWords = dictionary(
  {
    title: '결제 연체 구독',
    hint: '카드가 거절되어 다시 결제를 시도하고 있거나, 새 카드 등록을 기다리는 구독입니다.',
    empty: '결제 연체 구독이 없습니다.',
    since: '거절된 날',
    nextAttempt: '다음 결제 시도',
    grace: '이용 가능 기한',
  },
  {
    title: 'Past due subscriptions',
    hint: 'The card was declined. It is retried, or a new card is awaited.',
    empty: 'No subscription is past due.',
    since: 'Declined',
    nextAttempt: 'Next retry',
    grace: 'Access until',
  },
);

export const switchWords = dictionary(
  {
    running: '자동 갱신 실행 중',
    runningHint: '결제일이 된 구독은 자동으로 결제됩니다.',
    paused: '자동 갱신 일시중지됨',
    pausedBy: (actor: string, time: string) => `${actor}, ${time}`,
    reason: '사유',
    pause: '자동 갱신 일시중지',
    pauseTitle: '모든 자동 갱신을 일시중지할까요?',
    pauseHint:
      '이미 시작한 결제는 끝까지 처리됩니다. 이후에는 다시 시작할 때까지 어떤 카드도 결제하지 않으며, ' +
      '이 때문에 만료되는 구독도 없습니다.',
    pauseYes: '모두 일시중지',
    resume: '자동 갱신 다시 시작',
    resumeTitle: '자동 갱신을 다시 시작할까요?',
    resumeHint: '일시중지하는 동안 결제일이 된 구독이 바로 결제됩니다. 구독마다 최대 한 기간만 결제합니다.',
    resumeYes: '다시 시작하기',
    keep: '그대로 두기',
  },
  {
    running: 'Renewals are running',
    runningHint: 'Subscriptions that are due are charged automatically.',
    paused: 'Renewals are paused',
    pausedBy: (actor, time) => `${actor}, ${time}`,
    reason: 'Reason',
    pause: 'Pause renewals',
    pauseTitle: 'Pause all renewals?',
    pauseHint:
      'Charges in progress are completed. After that no card is charged until renewals are resumed, ' +
      'and no subscription expires because of the pause.',
    pauseYes: 'Pause all',
    resume: 'Resume renewals',
    resumeTitle: 'Resume renewals?',
    resumeHint: 'Subscriptions that became due meanwhile are charged at once: at most one period each.',
    resumeYes: 'Resume',
    keep: 'Cancel',
  },
);
