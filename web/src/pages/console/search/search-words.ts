import { dictionary } from '../../../words/dictionary.ts';

export const searchWords = dictionary(
  {
    title: '결제 검색',
    query: '주문번호, 사용자, 결제 키, 카드 끝 네 자리',
    queryHint: '카드 번호 끝자리가 가려져 있으면 영수증처럼 *로 적거나 네 자리를 그대로 적으세요.',
    submit: '검색',
    results: '결과',
    empty: '검색 결과가 없습니다.',
  },
  {
    title: 'Payment search',
    query: 'Order, user, payment key or last four digits of the card',
    queryHint: 'If the last digit is masked, enter * as on the receipt, or enter all four digits.',
    submit: 'Search',
    results: 'Results',
    empty: 'No payments found.',
  },
);
