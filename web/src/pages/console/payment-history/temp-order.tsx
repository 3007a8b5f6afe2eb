import type { PaymentHistory } from '../../../api/client.ts';
import { Card, Facts } from '../../../ui/parts.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { paymentHistoryWords } from './payment-history-words.ts';

export function TempOrder({ tempOrder }: { tempOrder: PaymentHistory['tempOrder'] }) {
  const words = useWords(paymentHistoryWords);
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
