import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Payment } from '../../api/client.ts';
import { paymentQuery, tempOrderQuery } from '../../api/queries.ts';
import { useSession } from '../../session/session.ts';
import { Card, Facts } from '../../ui/parts.tsx';
import { Loading } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useReason } from '../../words/reasons.ts';
import { SignedOut } from './not-known.tsx';
import { outcome } from './words.ts';

const route = getRouteApi('/order-fail');

/** The provider had taken the money, and it is on its way back. */
const GIVEN_BACK = new Set(['PAYMENT_MISMATCH', 'ORDER_OUTDATED', 'PAYMENT_STOPPED']);

/** Why it did not work, as the server knows it or a known code says it, and the shortest way to try again. */
export function FailPage() {
  const { code, tossCode, orderId } = route.useSearch();
  const session = useSession('shop');
  // The buyer's own decision is no failure.
  const closed = code === 'PAY_PROCESS_CANCELED';
  const reason = useReason()(tossCode, code);
  const mine = { enabled: orderId !== undefined && session !== null, retry: false };
  const payment = useQuery({ ...paymentQuery(orderId ?? ''), ...mine });
  // The order outlives a decline, and can be paid with another card, as long as it is there.
  const order = useQuery({ ...tempOrderQuery(orderId ?? ''), ...mine });
  if (payment.isLoading) return <Loading />;
  if (payment.data && !hasFailed(payment.data)) return <Otherwise payment={payment.data} />;
  if (session === null && reason === null) return <SignedOut />;
  return <Failed reason={reason} closed={closed} payment={payment.data} again={order.data?.orderId} />;
}

const hasFailed = ({ status }: Payment) => status === 'FAILED' || status === 'EXPIRED';

interface Failure {
  reason: string | null;
  /** The buyer closed the window. */
  closed: boolean;
  payment: Payment | undefined;
  /** The order that can be paid again. */
  again: string | undefined;
}

function Failed({ reason, closed, payment, again }: Failure) {
  const words = useWords(outcome);
  const failure = payment?.failure;
  const said = reason ?? failure?.message ?? '';
  const nothingTaken = payment !== undefined && !GIVEN_BACK.has(failure?.code ?? '');
  return (
    <div className="stack">
      <h1>{closed ? words.closed : words.failed}</h1>
      <div className="notice" data-tone={closed ? undefined : 'bad'} role={closed ? 'status' : 'alert'}>
        <p>{said || words.unknownReason}</p>
        {nothingTaken && <p className="small">{words.nothingTaken}</p>}
      </div>
      {payment && (
        <Card label={words.reason}>
          <Facts
            facts={[
              [words.reason, failure?.message !== said && failure?.message],
              [words.code, failure && <code>{failure.code}</code>],
              [words.orderId, <code key="order">{payment.orderId}</code>],
            ]}
          />
        </Card>
      )}
      <div className="row">
        {again && (
          <Link to="/" search={{ order: again }} className="button" data-kind="primary">
            {words.tryAgain}
          </Link>
        )}
        <Link to="/" className="button">
          {words.chooseAgain}
        </Link>
      </div>
    </div>
  );
}

/** The address says that it failed; the server knows better. */
function Otherwise({ payment: { orderId, status } }: { payment: Payment }) {
  const words = useWords(outcome);
  return (
    <div className="stack">
      <h1>{words[status]}</h1>
      <div className="row">
        <Link to="/order-success" search={{ orderId }} className="button" data-kind="primary">
          {words.seePayment}
        </Link>
      </div>
    </div>
  );
}
