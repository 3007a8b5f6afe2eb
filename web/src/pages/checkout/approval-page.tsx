import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useBlocker, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { answerOf, api, ApiProblem } from '../../api/client.ts';
import { SignedIn } from '../../session/sign-in.tsx';
import { Button } from '../../ui/button.tsx';
import { Loading, Nowhere } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { outcome } from './words.ts';

/** Another tab or an earlier answer was first: the order's own page tells how it stands. */
const ALREADY = ['ORDER_ALREADY_PAID', 'PAYMENT_IN_PROGRESS'];
/** Trouble of ours that says nothing about the money. */
const isUnknown = (error: Error) =>
  !(error instanceof ApiProblem) || ['INTERNAL_ERROR', 'DATABASE_UNAVAILABLE'].includes(error.problem.code);

const route = getRouteApi('/order-approval');

/** Toss has sent the buyer back, authenticated: the payment is confirmed here, and the browser goes on to how it ended. */
export function ApprovalPage() {
  const words = useWords(outcome);
  const { orderId, paymentKey, amount } = route.useSearch();
  // Of an order that the balance pays for, the page of the order sends the buyer here, and Toss has no key of it.
  if (!orderId || !amount || (!paymentKey && amount !== '0')) return <Nowhere>{words.brokenLink}</Nowhere>;
  return (
    <SignedIn desk="shop">
      {() => <Approval orderId={orderId} paymentKey={paymentKey} amount={Number(amount)} />}
    </SignedIn>
  );
}

function Approval({
  orderId,
  paymentKey,
  amount,
}: {
  orderId: string;
  paymentKey: string | undefined;
  amount: number;
}) {
  const words = useWords(outcome);
  const navigate = useNavigate();
  const queries = useQueryClient();
  // The same confirm however often it is asked, so a reload or a second tab repeats a question and never a charge.
  const confirm = useQuery({
    queryKey: ['confirm', orderId, paymentKey],
    queryFn: () => answerOf(api.POST('/v1/payments/confirm', { body: { orderId, paymentKey, amount } })),
    staleTime: Infinity,
    retry: (failures, error) => isUnknown(error) && failures < 3,
  });
  const { data, error } = confirm;
  const underWay = confirm.isFetching;
  useBlocker({ shouldBlockFn: () => underWay, enableBeforeUnload: () => underWay });

  useEffect(() => {
    if (data) {
      void queries.invalidateQueries({ queryKey: ['subscription'] });
      queries.setQueryData(['payment', orderId], data.payment);
      void navigate({ to: '/order-success', search: { orderId }, replace: true, ignoreBlocker: true });
    } else if (error instanceof ApiProblem && !isUnknown(error) && error.problem.status !== 401) {
      const { code, toss } = error.problem;
      if (ALREADY.includes(code))
        return void navigate({ to: '/order-success', search: { orderId }, replace: true, ignoreBlocker: true });
      const search = { orderId, code, tossCode: toss?.code };
      void navigate({ to: '/order-fail', search, replace: true, ignoreBlocker: true });
    }
  }, [data, error, navigate, orderId, queries]);

  if (error && !underWay && isUnknown(error)) {
    return (
      <div className="stack" role="alert">
        <h1>{words.PENDING}</h1>
        <p>{words.notReached}</p>
        <div>
          <Button kind="primary" onPress={() => void confirm.refetch()}>
            {words.checkAgain}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="stack" aria-busy="true">
      <h1>{words.approving}</h1>
      <Loading what={words.approvingHint} />
    </div>
  );
}
