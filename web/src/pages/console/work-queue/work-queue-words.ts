import { dictionary } from '../../../words/dictionary.ts';

export const workQueueWords = dictionary(
  {
    title: '할 일',
    unknownPayments: '결과를 모르는 결제',
    unknownPaymentsHint:
      '토스의 응답을 받지 못했습니다. 자동으로 다시 조회하며, 결제 이력을 열면 바로 한 번 더 조회합니다.',
    noUnknownPayments: '결과를 모르는 결제가 없습니다.',
    unknownRefunds: '결과를 모르는 환불',
    noUnknownRefunds: '결과를 모르는 환불이 없습니다.',
    requestedBy: '요청자',
  },
  {
    title: 'To do',
    unknownPayments: 'Payments with an unknown outcome',
    unknownPaymentsHint:
      'Toss has not responded. They are retrieved again automatically, and whenever you open a payment history.',
    noUnknownPayments: 'No payment has an unknown outcome.',
    unknownRefunds: 'Refunds with an unknown outcome',
    noUnknownRefunds: 'No refund has an unknown outcome.',
    requestedBy: 'Requested by',
  },
);
