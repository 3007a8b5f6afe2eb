import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { api, ApiProblem, type BillingKey, newIdempotencyKey, type Plan, resultOf } from '../../api/client.ts';
import { useReason } from '../../words/error-reasons.ts';

/** A server error or no response: the outcome is unknown, and a retry under the same key is the same charge. */
export const isUnknown = (error: Error) =>
  !(error instanceof ApiProblem) ||
  ['INTERNAL_ERROR', 'DATABASE_UNAVAILABLE', 'IDEMPOTENCY_KEY_IN_PROGRESS'].includes(error.problem.code);

/** Subscribes with the card and goes on to the outcome, as after a payment: paid, not known yet, or declined. */
export function useSubscribe(plan: Plan, card: BillingKey) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const key = useRef(newIdempotencyKey());
  const reasonOf = useReason();
  return useMutation({
    mutationFn: () =>
      resultOf(
        api.POST('/v1/subscriptions', {
          body: { planId: plan.id, billingKeyId: card.id },
          headers: { 'Idempotency-Key': key.current },
        }),
      ),
    onSuccess: async ({ payment }) => {
      if (payment) {
        queries.setQueryData(['payment', payment.orderId], payment);
        await navigate({ to: '/order-success', search: { orderId: payment.orderId } });
      } else await navigate({ to: '/me' });
      await queries.invalidateQueries({ queryKey: ['subscription'] });
    },
    onError: (error) => {
      if (isUnknown(error)) return undefined;
      // A decline is final under its key. Another try is another charge.
      key.current = newIdempotencyKey();
      const { code, toss } = (error as ApiProblem).problem;
      if (code !== 'PAYMENT_DECLINED' && code !== 'PAYMENT_MISMATCH') return undefined;
      // The fail page shows only codes that have words of ours. The message of Toss is shown here instead.
      if (reasonOf(toss?.code, code) === null) return undefined;
      return navigate({ to: '/order-fail', search: { code, tossCode: toss?.code } });
    },
  });
}
