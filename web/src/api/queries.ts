import { queryOptions } from '@tanstack/react-query';
import { answerOf, api, ApiProblem } from './client.ts';

/** Somebody has none: an answer, not an error. */
export const orNull = (code: string) => (error: unknown) => {
  if (error instanceof ApiProblem && error.problem.code === code) return null;
  throw error;
};

export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: () => answerOf(api.GET('/v1/checkout-config')),
  staleTime: Infinity,
});

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: async () => (await answerOf(api.GET('/v1/plans'))).data,
});

export const mySubscriptionQuery = (userId: string) =>
  queryOptions({
    queryKey: ['subscription', userId],
    queryFn: () => answerOf(api.GET('/v1/subscriptions/me')).catch(orNull('SUBSCRIPTION_NOT_FOUND')),
    // Another card is charged at once, but not by the request that brings it.
    refetchInterval: ({ state }) => (state.data?.status === 'PAST_DUE' ? 3_000 : false),
  });

export const tempOrderQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['temp-order', orderId],
    queryFn: () => answerOf(api.GET('/v1/temp-orders/{orderId}', { params: { path: { orderId } } })),
    staleTime: 60_000,
  });

/** Asked again while its end is not known, and while a deposit may come: the page turns by itself. */
export const paymentQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['payment', orderId],
    queryFn: () => answerOf(api.GET('/v1/payments/{orderId}', { params: { path: { orderId } } })),
    refetchInterval: ({ state }) =>
      state.data?.status === 'PENDING' ? 2_000 : state.data?.status === 'WAITING_FOR_DEPOSIT' ? 3_000 : false,
  });
