import { dictionary } from '../../words/dictionary.ts';
import { withParticle } from '../../words/korean-particles.ts';

export const myPageWords = dictionary(
  {
    title: '내 구독',
    noSubscription: '아직 구독이 없습니다.',
    choosePlan: '요금제 선택',
  },
  {
    title: 'My subscription',
    noSubscription: 'You have no subscription yet.',
    choosePlan: 'Choose a plan',
  },
);

export const subscriptionWords = dictionary(
  {
    price: '현재 판매가',
    since: '시작일',
    accessUntil: '이용 기간',
    untilDay: (day: string) => `${day}까지`,
    canceled: '해지 예약',
    endsOn: (day: string) => `${day}까지 이용하고 종료됩니다. 더 이상 결제되지 않습니다.`,
    nextPlan: (plan: string, day: string) => `${day}부터 ${withParticle(plan, '으로/로')} 변경됩니다.`,
    withdrawChange: '변경 예약 취소',
    change: '요금제 변경',
    cancel: '구독 해지',
    cancelTitle: '구독을 해지할까요?',
    cancelHint: (day: string) =>
      `더 이상 결제되지 않으며, 이용 기간은 ${day}까지입니다. 구독이 끝나기 전에는 언제든 되돌릴 수 있습니다. ` +
      '결과를 확인 중인 결제는 다시 요청하지 않고, 이미 결제되었다면 그 기간까지 이용합니다. ' +
      '해지만으로는 환불되지 않습니다.',
    cancelYes: '해지하기',
    keep: '계속 이용하기',
    resume: '해지 되돌리기',
  },
  {
    price: 'Current price',
    since: 'Since',
    accessUntil: 'Access until',
    untilDay: (day) => day,
    canceled: 'Cancelled',
    endsOn: (day) => `You have access until ${day}. You will not be charged again.`,
    nextPlan: (plan, day) => `Changes to ${plan} on ${day}.`,
    withdrawChange: 'Keep the current plan',
    change: 'Change plan',
    cancel: 'Cancel subscription',
    cancelTitle: 'Cancel your subscription?',
    cancelHint: (day) =>
      `You will not be charged again, and you have access until ${day}. ` +
      'You can resume until the subscription ends. A charge that is being processed is not requested again. ' +
      'If it was already made, you keep the period that it paid for. Cancelling alone does not refund anything.',
    cancelYes: 'Cancel subscription',
    keep: 'Keep subscription',
    resume: 'Resume subscription',
  },
);

export const changePlanWords = dictionary(
  {
    plan: '요금제',
    upgrade: (plan: string) => `지금 바로 ${withParticle(plan, '으로/로')} 변경됩니다.`,
    downgrade: (plan: string, day: string) =>
      `지금 결제되는 금액은 없으며, ${day}에 끝나는 기간은 그대로 이용합니다. ` +
      `그다음 결제부터 ${withParticle(plan, '으로/로')} 변경됩니다.`,
    nothingDue:
      '지금 결제할 금액이 없습니다. 이용 기간이 남아 있으면 바로 변경되고, 이미 끝났으면 다음 결제부터 변경됩니다.',
    charge: '새 요금 (남은 기간)',
    credit: '미사용 기간 차감',
    due: '지금 결제할 금액',
    effectiveAt: '변경 적용일',
    periodEnd: '변경 후 이용 종료일',
    payAndChange: (amount: string) => `${amount} 결제하고 변경`,
    changeNow: '변경하기',
    schedule: '변경 예약',
    keep: '계속 이용하기',
  },
  {
    plan: 'Plan',
    upgrade: (plan) => `Your plan changes to ${plan} right away.`,
    downgrade: (plan, day) =>
      `Nothing is due now. Your current period continues until ${day}. The payment after it is for ${plan}.`,
    nothingDue:
      'Nothing is due now. The plan changes right away if paid time is left, and with the next charge if it is over.',
    charge: 'New plan (remaining time)',
    credit: 'Credit for unused time',
    due: 'Due now',
    effectiveAt: 'Takes effect',
    periodEnd: 'Access until',
    payAndChange: (amount) => `Pay ${amount} and change`,
    changeNow: 'Change',
    schedule: 'Schedule the change',
    keep: 'Keep the current plan',
  },
);

export const periodWords = dictionary(
  {
    title: '이용 기간',
    empty: '이용 기간이 없습니다.',
    plan: '요금제',
    from: '시작일',
    to: '종료일',
    price: '요금',
    voided: '무효',
    credited: (amount: string) => `${amount}은 변경할 때 차감`,
  },
  {
    title: 'Paid periods',
    empty: 'There are no periods.',
    plan: 'Plan',
    from: 'From',
    to: 'To',
    price: 'Price',
    voided: 'Void',
    credited: (amount) => `${amount} credited to a plan change`,
  },
);

export const myPaymentWords = dictionary(
  {
    title: '결제 내역',
    empty: '결제 내역이 없습니다.',
    refunded: (amount: string) => `환불 ${amount}`,
    receipt: '영수증',
    receiptOf: (product: string) => `${product} 영수증`,
    details: '결제 상세',
  },
  {
    title: 'Payments',
    empty: 'There are no payments.',
    refunded: (amount) => `${amount} refunded`,
    receipt: 'Receipt',
    receiptOf: (product) => `Receipt for ${product}`,
    details: 'Payment details',
  },
);
