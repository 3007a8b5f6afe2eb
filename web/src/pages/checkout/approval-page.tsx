import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useBlocker, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, ApiProblem, resultOf } from '../../api/client.ts';
import { SignedIn } from '../../session/sign-in.tsx';
import { Button } from '../../ui/button.tsx';
import { Loading, NotFoundMessage } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { approvalWords, outcomeWords } from './outcome-words.ts';

/** Another tab or an earlier response was first: the page of the order shows the outcome. */
const CONFIRMED_ELSEWHERE = ['ORDER_ALREADY_PAID', 'PAYMENT_IN_PROGRESS'];
/** A failure of the server says nothing about the payment. */
const isUnknown = (error: Error) =>
  !(error instanceof ApiProblem) || ['INTERNAL_ERROR', 'DATABASE_UNAVAILABLE'].includes(error.problem.code);

const route = getRouteApi('/order-approval');

interface Props {
  orderId: string;
  /** undefined: the balance pays for the whole order. */
  paymentKey: string | undefined;
  amount: number;
}

/** Toss redirects the authenticated buyer here. The page confirms the payment and goes on to its outcome. */
export function ApprovalPage() {
  const words = useWords(approvalWords);
  const { orderId, paymentKey, amount } = route.useSearch();
  // An order that the balance pays for comes from our own page, without a payment key of Toss.
  if (!orderId || !amount || (!paymentKey && amount !== '0'))
    return <NotFoundMessage>{words.invalidLink}</NotFoundMessage>;
  return (
    <SignedIn area="shop">
      {() => <Approval orderId={orderId} paymentKey={paymentKey} amount={Number(amount)} />}
    </SignedIn>
  );
}

function Approval(order: Props) {
  const words = useWords(approvalWords);
  const confirmation = useConfirmation(order);
  if (confirmation.error && !confirmation.isFetching && isUnknown(confirmation.error))
    return <NoResult onRetry={() => void confirmation.refetch()} />;
  return (
    <div className="stack" aria-busy="true">
      <h1>{words.title}</h1>
      <Loading what={words.hint} />
    </div>
  );
}

function NoResult({ onRetry }: { onRetry: () => void }) {
  const words = useWords(approvalWords);
  const { PENDING } = useWords(outcomeWords);
  return (
    <div className="stack" role="alert">
      <h1>{PENDING}</h1>
      <p>{words.noResult}</p>
      <div>
        <Button kind="primary" onPress={onRetry}>
          {words.checkAgain}
        </Button>
      </div>
    </div>
  );
}

/** Confirms the payment, warns before the page is left meanwhile, and navigates to the outcome. */
function useConfirmation({ orderId, paymentKey, amount }: Props) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  // The API confirms an order once: a reload or a second tab repeats the request and never the charge.
  const confirmation = useQuery({
    queryKey: ['confirm', orderId, paymentKey],
    queryFn: () => resultOf(api.POST('/v1/payments/confirm', { body: { orderId, paymentKey, amount } })),
    staleTime: Infinity,
    retry: (failures, error) => isUnknown(error) && failures < 3,
  });
  const { data, error, isFetching } = confirmation;
  useBlocker({ shouldBlockFn: () => isFetching, enableBeforeUnload: () => isFetching });

  useEffect(() => {
    const leave = { replace: true, ignoreBlocker: true };
    if (data) {
      void queries.invalidateQueries({ queryKey: ['subscription'] });
      queries.setQueryData(['payment', orderId], data.payment);
      void navigate({ to: '/order-success', search: { orderId }, ...leave });
    } else if (error instanceof ApiProblem && !isUnknown(error) && error.problem.status !== 401) {
      const { code, toss } = error.problem;
      if (CONFIRMED_ELSEWHERE.includes(code)) void navigate({ to: '/order-success', search: { orderId }, ...leave });
      else void navigate({ to: '/order-fail', search: { orderId, code, tossCode: toss?.code }, ...leave });
    }
  }, [data, error, navigate, orderId, queries]);
  return confirmation;
}
