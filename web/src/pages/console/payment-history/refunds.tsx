import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type PaymentHistory, type Refund, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Badge, Card, type Tone } from '../../../ui/parts.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { RefundDialog } from './refund-dialog.tsx';
import { refundWords } from './refund-words.ts';

const TONES = { PENDING: 'warn', REFUNDED: 'good', FAILED: 'bad' } satisfies Record<Refund['status'], Tone>;
const REFUNDABLE = ['SUCCESS', 'PARTIALLY_REFUNDED', 'WAITING_FOR_DEPOSIT'];
const POLL_INTERVAL_MS = 3_000;

/** The refunds of one order, and the button for another. */
export function Refunds({ orderId, payment }: { orderId: string; payment: PaymentHistory['payment'] }) {
  const words = useWords(refundWords);
  const [isOpen, setOpen] = useState(false);
  const refunds = useQuery({
    queryKey: ['refunds', orderId],
    queryFn: async () => (await resultOf(api.GET('/v1/refunds', { params: { query: { orderId, limit: 100 } } }))).data,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'PENDING') ? POLL_INTERVAL_MS : false),
  });
  const isRefundable = payment !== null && REFUNDABLE.includes(payment.status);
  return (
    <Card
      title={words.title}
      aside={
        isRefundable && (
          <Button small onPress={() => setOpen(true)}>
            {words.refund}
          </Button>
        )
      }
    >
      <Loaded query={refunds}>
        {(list) => (list.length === 0 ? <Empty>{words.empty}</Empty> : <RefundList refunds={list} />)}
      </Loaded>
      <Dialog title={words.title} isOpen={isOpen} onClose={() => setOpen(false)} alert>
        <RefundDialog orderId={orderId} onDone={() => setOpen(false)} />
      </Dialog>
    </Card>
  );
}

function RefundList({ refunds }: { refunds: Refund[] }) {
  const words = useWords(refundWords);
  const { won, exactTime } = useFormat();
  return (
    <ol className="steps">
      {refunds.map((refund) => (
        <li key={refund.id} data-tone={TONES[refund.status]}>
          <span className="row">
            <strong>{won(refund.amount)}</strong> <Badge tone={TONES[refund.status]}>{words[refund.status]}</Badge>
          </span>
          <span>{refund.reason}</span>
          {refund.failure && (
            <span>
              <code>{refund.failure.code}</code> {refund.failure.message}
            </span>
          )}
          <span className="small soft">
            {refund.requestedBy} · {exactTime(refund.completedAt ?? refund.createdAt)}
          </span>
        </li>
      ))}
    </ol>
  );
}
