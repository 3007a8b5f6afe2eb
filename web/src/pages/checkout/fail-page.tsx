import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { tempOrderQuery } from '../../api/queries.ts';
import { useSession } from '../../session/session.ts';
import { Card, Facts } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { outcome, reasons } from './words.ts';

const route = getRouteApi('/order-fail');

/** Why it did not work, in words a buyer can act on, and the shortest way to try again. */
export function FailPage() {
  const words = useWords(outcome);
  const plain = useWords(reasons);
  const { code, tossCode, message, orderId } = route.useSearch();
  const session = useSession('shop');
  // The buyer's own decision is no failure.
  const closed = code === 'PAY_PROCESS_CANCELED';
  const shown = tossCode ?? code ?? '';
  const reason = shown in plain ? plain[shown as keyof typeof plain] : (message ?? words.unknownReason);
  // Said only where it is certain: a code that we do not know promises nothing.
  const nothingTaken = code === 'PAYMENT_DECLINED' || (shown in plain && shown !== 'PAYMENT_MISMATCH');
  // The order outlives a decline, and can be paid with another card, as long as it is there.
  const order = useQuery({ ...tempOrderQuery(orderId ?? ''), enabled: orderId !== undefined && session !== null, retry: false });
  return (
    <div className="stack">
      <h1>{closed ? words.closed : words.failed}</h1>
      <div className="notice" data-tone={closed ? undefined : 'bad'} role={closed ? 'status' : 'alert'}>
        <p>{reason}</p>
        {nothingTaken && <p className="small">{words.nothingTaken}</p>}
      </div>
      <Card label={words.reason}>
        <Facts
          facts={[
            [words.reason, message !== reason && message],
            [words.code, shown && <code>{shown}</code>],
            [words.orderId, orderId && <code>{orderId}</code>],
          ]}
        />
      </Card>
      <div className="row">
        {order.data && (
          <Link to="/" search={{ order: order.data.orderId }} className="button" data-kind="primary">
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
