import type { PaymentHistory } from '../../../api/client.ts';
import { Card, Facts } from '../../../ui/parts.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { paymentHistoryWords } from './payment-history-words.ts';

/** The period that this order paid for. */
export function GrantedPeriod({ period }: { period: PaymentHistory['period'] }) {
  const words = useWords(paymentHistoryWords);
  const { won, exactTime } = useFormat();
  return (
    <Card title={words.period}>
      {period ? (
        <Facts
          facts={[
            [words.from, exactTime(period.startsAt)],
            [words.to, exactTime(period.endsAt)],
            [words.price, won(period.price)],
            [words.credited, period.credited > 0 && won(period.credited)],
            [words.voided, period.voidedAt && exactTime(period.voidedAt)],
            [words.subscription, <code key="subscription">{period.subscriptionId}</code>],
          ]}
        />
      ) : (
        <p className="soft">{words.noPeriod}</p>
      )}
    </Card>
  );
}
