import type { PaymentHistory } from '../../../api/client.ts';
import { Card, Facts } from '../../../ui/parts.tsx';
import { Empty } from '../../../ui/states.tsx';
import { StatusBadge } from '../../../ui/status.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { paymentHistoryWords } from './payment-history-words.ts';

export function PaymentSummary({ payment }: { payment: PaymentHistory['payment'] }) {
  const words = useWords(paymentHistoryWords);
  const { won, exactTime } = useFormat();
  if (!payment) return <Card title={words.payment}>{<Empty>{words.notAttempted}</Empty>}</Card>;
  const { virtualAccount: account, failure, receiptUrl } = payment;
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
          [words.nextPollAt, payment.nextLookAt && exactTime(payment.nextLookAt)],
          [
            words.failure,
            failure && (
              <>
                {failure.message} <code>{failure.code}</code>
              </>
            ),
          ],
          [
            words.receipt,
            receiptUrl && (
              <a href={receiptUrl} target="_blank" rel="noreferrer">
                {words.receipt}
              </a>
            ),
          ],
        ]}
      />
    </Card>
  );
}
