import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, ApiProblem, newIdempotencyKey, type RefundQuote, resultOf } from '../../../api/client.ts';

export interface RefundValues {
  amount: string;
  reason: string;
  account: { bank: string; accountNumber: string; holderName: string };
}

interface Options {
  quote: RefundQuote;
  isOverride: boolean;
  onError: () => void;
}

/**
 * Requests the refund. The same values keep one idempotency key, so that a second press, or a retry after a lost
 * response, is the same refund. After a problem of the API the next request gets a new key.
 */
export function useRefund({ quote, isOverride, onError }: Options) {
  const queries = useQueryClient();
  const lastRequest = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: ({ amount, reason, account }: RefundValues) => {
      const body = {
        orderId: quote.orderId,
        reason,
        ...(Number(amount) !== quote.refundableAmount && { amount: Number(amount) }),
        ...(quote.refundAccountRequired && { refundReceiveAccount: account }),
        ...(isOverride && { overrideWindow: true }),
      };
      const text = JSON.stringify(body);
      if (lastRequest.current.body !== text) lastRequest.current = { body: text, key: newIdempotencyKey() };
      return resultOf(api.POST('/v1/refunds', { body, headers: { 'Idempotency-Key': lastRequest.current.key } }));
    },
    // The page shows the new state whatever the result is. The quote stays the one that the operator agreed to.
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'refund-quote' }),
    onError: (error) => {
      onError();
      if (error instanceof ApiProblem) lastRequest.current = { body: '', key: '' };
    },
  });
}
