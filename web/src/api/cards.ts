import { queryOptions } from '@tanstack/react-query';
import { answerOf, api, type BillingKey } from './client.ts';

/** Nobody has more cards on file than one look shows. */
const AT_MOST = 100;

export const cardsQuery = (userId: string) =>
  queryOptions({
    queryKey: ['cards', userId],
    queryFn: async () => (await answerOf(api.GET('/v1/billing-keys', { params: { query: { limit: AT_MOST } } }))).data,
  });

/** As a buyer would call it: whose card it is, and what Toss shows of its number. */
export const cardName = ({ company, number }: BillingKey['card']): string =>
  [company, number].filter(Boolean).join(' ') || '–';
