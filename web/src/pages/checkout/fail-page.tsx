import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Payment } from '../../api/client.ts';
import { paymentQuery, tempOrderQuery } from '../../api/queries.ts';
import { useSession } from '../../session/session.ts';
import { Card, Facts } from '../../ui/parts.tsx';
import { Loading } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useReason } from '../../words/error-reasons.ts';
import { SignInToSeeOrder } from './order-access.tsx';
import { failWords, outcomeWords } from './outcome-words.ts';

const route = getRouteApi('/order-fail');

/** The provider had approved the payment, and it is being refunded. */
const REFUNDED_CODES = new Set(['PAYMENT_MISMATCH', 'ORDER_OUTDATED', 'PAYMENT_STOPPED']);

/** Why the payment failed, as the server has stored it or a known code explains it, and how to try again. */
export function FailPage() {
  const { code, tossCode, orderId } = route.useSearch();
  const session = useSession('shop');
  const isCanceled = code === 'PAY_PROCESS_CANCELED';
  const reason = useReason()(tossCode, code);
  const options = { enabled: orderId !== undefined && session !== null, retry: false };
  const payment = useQuery({ ...paymentQuery(orderId ?? ''), ...options });
  // The order outlives a decline: it can be paid with another card until it expires.
  const order = useQuery({ ...tempOrderQuery(orderId ?? ''), ...options });
  if (payment.isLoading) return <Loading />;
  if (payment.data && !hasFailed(payment.data)) return <NotFailed payment={payment.data} />;
  if (session === null && reason === null) return <SignInToSeeOrder />;
  return <Failed reason={reason} isCanceled={isCanceled} payment={payment.data} payableOrderId={order.data?.orderId} />;
}

const hasFailed = ({ status }: Payment) => status === 'FAILED' || status === 'EXPIRED';

interface Props {
  reason: string | null;
  /** The buyer closed the payment window, which is not an error. */
  isCanceled: boolean;
  payment: Payment | undefined;
  /** The order, if it can be paid again. */
  payableOrderId: string | undefined;
}

function Failed({ reason, isCanceled, payment, payableOrderId }: Props) {
  const words = useWords(failWords);
  const failure = payment?.failure;
  const text = reason ?? failure?.message ?? '';
  const wasNotCharged = payment !== undefined && !REFUNDED_CODES.has(failure?.code ?? '');
  return (
    <div className="stack">
      <h1>{isCanceled ? words.canceled : words.failed}</h1>
      <div className="notice" data-tone={isCanceled ? undefined : 'bad'} role={isCanceled ? 'status' : 'alert'}>
        <p>{text || words.unknownReason}</p>
        {wasNotCharged && <p className="small">{words.notCharged}</p>}
      </div>
      {payment && <FailureFacts payment={payment} shownText={text} />}
      <div className="row">
        {payableOrderId && (
          <Link to="/" search={{ order: payableOrderId }} className="button" data-kind="primary">
            {words.tryAgain}
          </Link>
        )}
        <Link to="/" className="button">
          {words.choosePlan}
        </Link>
      </div>
    </div>
  );
}

function FailureFacts({ payment: { orderId, failure }, shownText }: { payment: Payment; shownText: string }) {
  const words = useWords(outcomeWords);
  return (
    <Card label={words.reason}>
      <Facts
        facts={[
          [words.reason, failure?.message !== shownText && failure?.message],
          [words.code, failure && <code>{failure.code}</code>],
          [words.orderId, <code key="order">{orderId}</code>],
        ]}
      />
    </Card>
  );
}

/** The address says that the payment failed, but the server knows that it did not. */
function NotFailed({ payment: { orderId, status } }: { payment: Payment }) {
  const words = useWords(outcomeWords);
  const { seePayment } = useWords(failWords);
  return (
    <div className="stack">
      <h1>{words[status]}</h1>
      <div className="row">
        <Link to="/order-success" search={{ orderId }} className="button" data-kind="primary">
          {seePayment}
        </Link>
      </div>
    </div>
  );
}
