import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiProblem, type Payment } from '../../api/client.ts';
import { mySubscriptionQuery, paymentQuery } from '../../api/queries.ts';
import { useSession } from '../../session/session.ts';
import { Card, Facts } from '../../ui/parts.tsx';
import { Loaded, NotFoundMessage } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { ClosingLinks, NoOrderOfThisAccount, SignInToSeeOrder } from './order-access.tsx';
import { approvalWords, outcomeWords } from './outcome-words.ts';
import { VirtualAccount } from './virtual-account.tsx';

const route = getRouteApi('/order-success');

export function SuccessPage() {
  const words = useWords(approvalWords);
  const { orderId } = route.useSearch();
  const session = useSession('shop');
  if (!orderId) return <NotFoundMessage>{words.invalidLink}</NotFoundMessage>;
  if (!session) return <SignInToSeeOrder />;
  return <OrderOutcome orderId={orderId} userId={session.userId} />;
}

function OrderOutcome({ orderId, userId }: { orderId: string; userId: string }) {
  const payment = useQuery(paymentQuery(orderId));
  const queries = useQueryClient();
  const status = payment.data?.status;
  useEffect(() => {
    if (status === 'SUCCESS') void queries.invalidateQueries({ queryKey: ['subscription'] });
  }, [status, queries]);
  if (payment.error instanceof ApiProblem && payment.error.problem.status === 404) return <NoOrderOfThisAccount />;
  return <Loaded query={payment}>{(data) => <Outcome payment={data} userId={userId} />}</Loaded>;
}

function Outcome({ payment, userId }: { payment: Payment; userId: string }) {
  const { status, virtualAccount } = payment;
  return (
    <div className="stack">
      <OutcomeHeading status={status} />
      {status === 'WAITING_FOR_DEPOSIT' && virtualAccount && (
        <VirtualAccount payment={payment} account={virtualAccount} />
      )}
      {status === 'SUCCESS' && <Access userId={userId} />}
      <PaymentFacts payment={payment} />
      <ClosingLinks />
    </div>
  );
}

function OutcomeHeading({ status }: { status: Payment['status'] }) {
  const words = useWords(outcomeWords);
  const hints: Partial<Record<Payment['status'], string>> = {
    PENDING: words.pendingHint,
    WAITING_FOR_DEPOSIT: words.depositHint,
  };
  const hint = hints[status];
  return (
    <div role="status">
      <h1>
        {hint && <span className="spinner inline" aria-hidden="true" />} {words[status]}
      </h1>
      {hint && <p className="soft">{hint}</p>}
    </div>
  );
}

/** How long the buyer can use what was paid for. */
function Access({ userId }: { userId: string }) {
  const words = useWords(outcomeWords);
  const { day } = useFormat();
  const { data } = useQuery(mySubscriptionQuery(userId));
  if (!data) return null;
  return (
    <p className="notice" data-tone="good">
      {words.accessUntil(data.plan.name, day(data.endDate))}
    </p>
  );
}

function PaymentFacts({ payment }: { payment: Payment }) {
  const words = useWords(outcomeWords);
  const { won, time } = useFormat();
  return (
    <Card label={words.order}>
      <Facts
        facts={[
          [words.order, payment.orderName],
          [words.amount, won(payment.amount)],
          [words.method, payment.paymentMethod],
          [words.approvedAt, payment.approvedAt && time(payment.approvedAt)],
          [words.reason, payment.failure?.message],
          [words.code, payment.failure && <code>{payment.failure.code}</code>],
          [words.orderId, <code key="order">{payment.orderId}</code>],
        ]}
      />
      {payment.receiptUrl && (
        <p>
          <a href={payment.receiptUrl} target="_blank" rel="noreferrer">
            {words.receipt}
          </a>
        </p>
      )}
    </Card>
  );
}
