import { queryOptions } from '@tanstack/react-query';
import { api, ApiProblem, type Plan, resultOf } from './client.ts';

/** Turns the problem that says "there is none" into null. */
const orNull = (code: string) => (error: unknown) => {
  if (error instanceof ApiProblem && error.problem.code === code) return null;
  throw error;
};

export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: () => resultOf(api.GET('/v1/checkout-config')),
  staleTime: Infinity,
});

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: async () => (await resultOf(api.GET('/v1/plans'))).data,
});

export const mySubscriptionQuery = (userId: string) =>
  queryOptions({
    queryKey: ['subscription', userId],
    queryFn: () => resultOf(api.GET('/v1/subscriptions/me')).catch(orNull('SUBSCRIPTION_NOT_FOUND')),
    // A new card is charged by a job soon after the request that registers it.
    refetchInterval: ({ state }) => (state.data?.status === 'PAST_DUE' ? 3_000 : false),
  });

export const tempOrderQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['temp-order', orderId],
    queryFn: () => resultOf(api.GET('/v1/temp-orders/{orderId}', { params: { path: { orderId } } })),
    staleTime: 60_000,
  });

/** Polls while the outcome is unknown or a deposit is awaited, so that the page updates automatically. */
export const paymentQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['payment', orderId],
    queryFn: () => resultOf(api.GET('/v1/payments/{orderId}', { params: { path: { orderId } } })),
    refetchInterval: ({ state }) =>
      state.data?.status === 'PENDING' ? 2_000 : state.data?.status === 'WAITING_FOR_DEPOSIT' ? 3_000 : false,
  });

/** The name of a plan, or its id until the plans are loaded. */
export const planNameIn = (plans: Plan[] | undefined, planId: number): string =>
  plans?.find(({ id }) => id === planId)?.name ?? String(planId);
