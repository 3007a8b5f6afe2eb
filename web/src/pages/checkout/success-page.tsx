import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { answerOf, api, ApiProblem, type Payment } from '../../api/client.ts';
import { configQuery, mySubscriptionQuery, paymentQuery } from '../../api/queries.ts';
import { useSession } from '../../session/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Copy, Facts } from '../../ui/parts.tsx';
import { Loaded, Nowhere } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { NotYours, SignedOut } from './not-known.tsx';
import { outcome } from './words.ts';

const route = getRouteApi('/order-success');

export function SuccessPage() {
  const words = useWords(outcome);
  const { orderId } = route.useSearch();
  const session = useSession('shop');
  if (!orderId) return <Nowhere>{words.brokenLink}</Nowhere>;
  if (session) return <Known orderId={orderId} userId={session.userId} />;
  return <SignedOut />;
}

function Known({ orderId, userId }: { orderId: string; userId: string }) {
  const payment = useQuery(paymentQuery(orderId));
  const queries = useQueryClient();
  const status = payment.data?.status;
  useEffect(() => {
    if (status === 'SUCCESS') void queries.invalidateQueries({ queryKey: ['subscription'] });
  }, [status, queries]);
  if (payment.error instanceof ApiProblem && payment.error.problem.status === 404) return <NotYours />;
  return <Loaded query={payment}>{(data) => <Outcome payment={data} userId={userId} />}</Loaded>;
}

function Outcome({ payment, userId }: { payment: Payment; userId: string }) {
  const words = useWords(outcome);
  const { won, time } = useFormat();
  const hint =
    payment.status === 'PENDING'
      ? words.pendingHint
      : payment.status === 'WAITING_FOR_DEPOSIT'
        ? words.depositHint
        : null;
  return (
    <div className="stack">
      <div role="status">
        <h1>
          {hint && <span className="spinner inline" aria-hidden="true" />} {words[payment.status]}
        </h1>
        {hint && <p className="soft">{hint}</p>}
      </div>
      {payment.status === 'WAITING_FOR_DEPOSIT' && payment.virtualAccount && (
        <Account payment={payment} account={payment.virtualAccount} />
      )}
      {payment.status === 'SUCCESS' && <Granted userId={userId} />}
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
      <div className="row">
        <Link to="/me" className="button">
          {words.toMe}
        </Link>
        <Link to="/" className="button">
          {words.toShop}
        </Link>
      </div>
    </div>
  );
}

function Granted({ userId }: { userId: string }) {
  const words = useWords(outcome);
  const { day } = useFormat();
  const { data } = useQuery(mySubscriptionQuery(userId));
  if (!data) return null;
  return (
    <p className="notice" data-tone="good">
      {words.subscribed(data.plan.name, day(data.endDate))}
    </p>
  );
}

function Account({ payment, account }: { payment: Payment; account: NonNullable<Payment['virtualAccount']> }) {
  const words = useWords(outcome);
  const { won, time } = useFormat();
  const { data: config } = useQuery(configQuery);
  const depositing = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/sandbox/deposits', { body: { orderId: payment.orderId } })),
  });
  const copied = (text: string, what: string) => (
    <span className="row">
      <strong>{text}</strong> <Copy text={text} what={what} />
    </span>
  );
  return (
    <Card label={words.WAITING_FOR_DEPOSIT}>
      <Facts
        facts={[
          [words.bank, account.bank ?? account.bankCode],
          [words.account, copied(account.accountNumber, words.account)],
          [
            words.amount,
            <span className="row" key="amount">
              <strong>{won(payment.amount)}</strong> <Copy text={String(payment.amount)} what={words.amount} />
            </span>,
          ],
          [words.holder, account.customerName],
          [words.dueDate, account.dueDate && time(account.dueDate)],
        ]}
      />
      {config?.sandbox && (
        <div>
          <Button
            onPress={() => depositing.mutate()}
            isPending={depositing.isPending}
            isDisabled={depositing.isSuccess}
          >
            {words.sandboxDeposit}
          </Button>
        </div>
      )}
    </Card>
  );
}
