import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { answerOf, api, type PaymentStory } from '../../api/client.ts';
import { Card, Copy, Facts } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { Attempts } from './attempts.tsx';
import { AuditOf } from './audit-of.tsx';
import { Granted } from './granted.tsx';
import { RefundsOf } from './refunds-of.tsx';
import { WebhooksOf } from './webhooks-page.tsx';
import { story as storyWords } from './story-words.ts';

const route = getRouteApi('/console/payments/$orderId');
const LOOKED_AGAIN_MS = 5_000;

export const storyQuery = (orderId: string) => ({
  queryKey: ['story', orderId],
  queryFn: async () => {
    // Reading the payment makes the API look at Toss, where the outcome is unknown; the story then tells what came of it.
    await answerOf(api.GET('/v1/payments/{orderId}', { params: { path: { orderId } } })).catch(() => null);
    return answerOf(api.GET('/v1/payments/{orderId}/story', { params: { path: { orderId } } }));
  },
});

/** Everything that is known of one order on one page, for whoever has the buyer on the telephone. */
export function StoryPage() {
  const words = useWords(storyWords);
  const { orderId } = route.useParams();
  const story = useQuery({
    ...storyQuery(orderId),
    refetchInterval: ({ state }) =>
      ['PENDING', 'WAITING_FOR_DEPOSIT'].includes(state.data?.payment?.status ?? '') ? LOOKED_AGAIN_MS : false,
  });
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <p className="row">
        <code>{orderId}</code> <Copy text={orderId} what={words.orderId} />
      </p>
      <Loaded query={story}>
        {(data) => (
          <div className="two">
            <div className="stack">
              <PaymentCard story={data} />
              <Attempts story={data} />
            </div>
            <div className="stack">
              <RefundsOf orderId={orderId} payment={data.payment} />
              <Granted story={data} />
              <TempOrderCard story={data} />
              <WebhooksOf orderId={orderId} />
              <AuditOf orderId={orderId} />
            </div>
          </div>
        )}
      </Loaded>
    </div>
  );
}

function PaymentCard({ story: { payment } }: { story: PaymentStory }) {
  const words = useWords(storyWords);
  const { won, exactTime } = useFormat();
  if (!payment) return <Card title={words.payment}>{<Empty>{words.never}</Empty>}</Card>;
  const account = payment.virtualAccount;
  return (
    <Card title={payment.orderName} aside={<StatusBadge status={payment.status} />}>
      <Facts
        facts={[
          [words.user, payment.userId],
          [words.amount, <strong key="amount">{won(payment.amount)}</strong>],
          [words.refunded, payment.refundedAmount > 0 && won(payment.refundedAmount)],
          [words.method, payment.paymentMethod],
          [words.card, payment.cardNumber && <code>{payment.cardNumber}</code>],
          [words.mobilePhone, payment.mobilePhone && <code>{payment.mobilePhone}</code>],
          [
            words.account,
            account && `${account.bank ?? account.bankCode} ${account.accountNumber} ${account.customerName ?? ''}`,
          ],
          [words.paymentKey, payment.paymentKey && <code>{payment.paymentKey}</code>],
          [words.createdAt, exactTime(payment.createdAt)],
          [words.approvedAt, payment.approvedAt && exactTime(payment.approvedAt)],
          [words.nextLook, payment.nextLookAt && exactTime(payment.nextLookAt)],
          [
            words.failure,
            payment.failure && (
              <>
                {payment.failure.message} <code>{payment.failure.code}</code>
              </>
            ),
          ],
          [
            words.receipt,
            payment.receiptUrl && (
              <a href={payment.receiptUrl} target="_blank" rel="noreferrer">
                {words.receipt}
              </a>
            ),
          ],
        ]}
      />
    </Card>
  );
}

function TempOrderCard({ story: { tempOrder } }: { story: PaymentStory }) {
  const words = useWords(storyWords);
  const { won, exactTime } = useFormat();
  return (
    <Card title={words.tempOrder}>
      {tempOrder ? (
        <Facts
          facts={[
            [words.amount, won(tempOrder.amount)],
            [words.orderedAt, exactTime(tempOrder.createdAt)],
            [words.expiresAt, exactTime(tempOrder.expiresAt)],
          ]}
        />
      ) : (
        <p className="soft">{words.noTempOrder}</p>
      )}
    </Card>
  );
}
