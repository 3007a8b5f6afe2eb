import { queryOptions } from '@tanstack/react-query';
import { api, type BillingKey, resultOf } from './client.ts';

/** More than any buyer has: the whole list is one page. */
const MAX_CARDS = 100;

export const cardsQuery = (userId: string) =>
  queryOptions({
    queryKey: ['cards', userId],
    queryFn: async () =>
      (await resultOf(api.GET('/v1/billing-keys', { params: { query: { limit: MAX_CARDS } } }))).data,
  });

/** The card company and the masked number, as far as Toss shows them. */
export const cardName = ({ company, number }: BillingKey['card']): string =>
  [company, number].filter(Boolean).join(' ') || '–';
