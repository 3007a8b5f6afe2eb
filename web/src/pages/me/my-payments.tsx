import { Link } from '@tanstack/react-router';
import { api, type Payment, resultOf } from '../../api/client.ts';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { myPaymentWords } from './my-page-words.ts';

const PAGE_SIZE = 10;

export function MyPayments({ userId }: { userId: string }) {
  const words = useWords(myPaymentWords);
  return (
    <Card title={words.title}>
      <Pages
        queryKey={['payments', 'mine', userId]}
        // Without the user id, an operator would see the payments of all users here.
        fetchPage={(cursor) =>
          resultOf(api.GET('/v1/payments', { params: { query: { userId, limit: PAGE_SIZE, cursor } } }))
        }
        empty={words.empty}
      >
        {(payments) => (
          <ul className="lines">
            {payments.map((payment) => (
              <PaymentItem key={payment.orderId} payment={payment} />
            ))}
          </ul>
        )}
      </Pages>
    </Card>
  );
}

function PaymentItem({ payment }: { payment: Payment }) {
  const words = useWords(myPaymentWords);
  const { won, day } = useFormat();
  const facts = [
    day(payment.approvedAt ?? payment.createdAt),
    payment.paymentMethod,
    payment.refundedAmount > 0 && words.refunded(won(payment.refundedAmount)),
  ];
  return (
    <li className="row apart">
      <span>
        <strong>{payment.orderName}</strong> <StatusBadge status={payment.status} />
        <br />
        <span className="small soft">{facts.filter(Boolean).join(' · ')}</span>
      </span>
      <span className="row">
        <strong>{won(payment.amount)}</strong>
        {payment.receiptUrl && (
          <a href={payment.receiptUrl} target="_blank" rel="noreferrer" aria-label={words.receiptOf(payment.orderName)}>
            {words.receipt}
          </a>
        )}
        <Link to="/order-success" search={{ orderId: payment.orderId }} className="small">
          {words.details}
        </Link>
      </span>
    </li>
  );
}
