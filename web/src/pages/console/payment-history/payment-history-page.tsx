import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { api, resultOf } from '../../../api/client.ts';
import { Copy } from '../../../ui/parts.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { Attempts } from './attempts.tsx';
import { GrantedPeriod } from './granted-period.tsx';
import { NetCancels } from './net-cancels.tsx';
import { OrderAuditLog } from './order-audit-log.tsx';
import { OrderWebhooks } from './order-webhooks.tsx';
import { paymentHistoryWords } from './payment-history-words.ts';
import { PaymentSummary } from './payment-summary.tsx';
import { Refunds } from './refunds.tsx';
import { TempOrder } from './temp-order.tsx';

const route = getRouteApi('/console/payments/$orderId');
const POLL_INTERVAL_MS = 5_000;

async function fetchHistory(orderId: string) {
  const params = { path: { orderId } };
  // Where the outcome is unknown, this request makes the API retrieve the payment from Toss before the history is read.
  await resultOf(api.GET('/v1/payments/{orderId}', { params })).catch(() => null);
  return resultOf(api.GET('/v1/payments/{orderId}/story', { params }));
}

/** Everything that is recorded about one order, on one page. */
export function PaymentHistoryPage() {
  const words = useWords(paymentHistoryWords);
  const { orderId } = route.useParams();
  const history = useQuery({
    queryKey: ['payment-history', orderId],
    queryFn: () => fetchHistory(orderId),
    refetchInterval: ({ state }) =>
      ['PENDING', 'WAITING_FOR_DEPOSIT'].includes(state.data?.payment?.status ?? '') ? POLL_INTERVAL_MS : false,
  });
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <p className="row">
        <code>{orderId}</code> <Copy text={orderId} what={words.orderId} />
      </p>
      <Loaded query={history}>
        {({ payment, attempts, netCancels, period, tempOrder }) => (
          <div className="columns">
            <div className="stack">
              <PaymentSummary payment={payment} />
              <Attempts attempts={attempts} />
              <NetCancels netCancels={netCancels} />
            </div>
            <div className="stack">
              <Refunds orderId={orderId} payment={payment} />
              <GrantedPeriod period={period} />
              <TempOrder tempOrder={tempOrder} />
              <OrderWebhooks orderId={orderId} />
              <OrderAuditLog orderId={orderId} />
            </div>
          </div>
        )}
      </Loaded>
    </div>
  );
}
