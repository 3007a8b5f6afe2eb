import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { me } from './words.ts';

export function MyPayments({ userId }: { userId: string }) {
  const words = useWords(me);
  const { more } = useWords(common);
  const { won, day } = useFormat();
  const list = useInfiniteQuery({
    queryKey: ['payments', 'mine', userId],
    // An operator who looks at their own page sees their own, too.
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/payments', { params: { query: { userId, limit: 10, ...(pageParam && { cursor: pageParam }) } } }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Card title={words.payments}>
      <Loaded query={list}>
        {({ pages }) => {
          const payments = pages.flatMap(({ data }) => data);
          if (payments.length === 0) return <Empty>{words.noPayments}</Empty>;
          return (
            <ul className="lines">
              {payments.map((payment) => (
                <li key={payment.orderId} className="row apart">
                  <span>
                    <strong>{payment.orderName}</strong> <StatusBadge status={payment.status} />
                    <br />
                    <span className="small soft">
                      {[
                        day(payment.approvedAt ?? payment.createdAt),
                        payment.paymentMethod,
                        payment.refundedAmount > 0 && words.refunded(won(payment.refundedAmount)),
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </span>
                  <span className="row">
                    <strong>{won(payment.amount)}</strong>
                    {payment.receiptUrl && (
                      <a
                        href={payment.receiptUrl}
                        target="_blank"
                        rel="noreferrer"
                        aria-label={words.receiptOf(payment.orderName)}
                      >
                        {words.receipt}
                      </a>
                    )}
                    <Link to="/order-success" search={{ orderId: payment.orderId }} className="small">
                      {words.details}
                    </Link>
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      {list.hasNextPage && (
        <div>
          <Button small onPress={() => void list.fetchNextPage()} isPending={list.isFetchingNextPage}>
            {more}
          </Button>
        </div>
      )}
    </Card>
  );
}
