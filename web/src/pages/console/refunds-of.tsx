import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type PaymentStory, type Refund } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge, Card, type Tone } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { RefundForm } from './refund-form.tsx';
import { story as storyWords } from './story-words.ts';

const TONES = { PENDING: 'warn', REFUNDED: 'good', FAILED: 'bad' } satisfies Record<Refund['status'], Tone>;
const LOOKED_AGAIN_MS = 3_000;

/** What went back of one order's money, and the way to give back more. */
export function RefundsOf({ orderId, payment }: { orderId: string; payment: PaymentStory['payment'] }) {
  const words = useWords(storyWords);
  const { won, exactTime } = useFormat();
  const [asked, setAsked] = useState(false);
  const refunds = useQuery({
    queryKey: ['refunds', orderId],
    queryFn: async () => (await answerOf(api.GET('/v1/refunds', { params: { query: { orderId, limit: 100 } } }))).data,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'PENDING') ? LOOKED_AGAIN_MS : false),
  });
  const refundable =
    payment !== null && ['SUCCESS', 'PARTIALLY_REFUNDED', 'WAITING_FOR_DEPOSIT'].includes(payment.status);
  return (
    <Card
      title={words.refunds}
      aside={
        refundable && (
          <Button small onPress={() => setAsked(true)}>
            {words.refund}
          </Button>
        )
      }
    >
      <Loaded query={refunds}>
        {(list) =>
          list.length === 0 ? (
            <Empty>{words.noRefunds}</Empty>
          ) : (
            <ol className="steps">
              {list.map((refund) => (
                <li key={refund.id} data-tone={TONES[refund.status]}>
                  <span className="row">
                    <strong>{won(refund.amount)}</strong>{' '}
                    <Badge tone={TONES[refund.status]}>{words[refund.status]}</Badge>
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
          )
        }
      </Loaded>
      <Dialog title={words.refundTitle} isOpen={asked} onClose={() => setAsked(false)} alert>
        <RefundForm orderId={orderId} onDone={() => setAsked(false)} />
      </Dialog>
    </Card>
  );
}
