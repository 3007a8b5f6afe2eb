import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type RefundQuote, resultOf } from '../../../api/client.ts';
import { useSession } from '../../../session/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Facts } from '../../../ui/parts.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { common } from '../../../words/common.ts';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { RefundConfirmation } from './refund-confirmation.tsx';
import { RefundForm } from './refund-form.tsx';
import { refundWords } from './refund-words.ts';
import { useRefund } from './use-refund.ts';

/** What can be refunded and its effect, always read anew; then the form; then a confirmation. */
export function RefundDialog({ orderId, onDone }: { orderId: string; onDone: () => void }) {
  const quote = useQuery({
    queryKey: ['refund-quote', orderId],
    queryFn: () => resultOf(api.GET('/v1/payments/{orderId}/refund-quote', { params: { path: { orderId } } })),
    staleTime: 0,
    gcTime: 0,
  });
  return <Loaded query={quote}>{(data) => <QuotedRefund quote={data} onDone={onDone} />}</Loaded>;
}

function QuotedRefund({ quote, onDone }: { quote: RefundQuote; onDone: () => void }) {
  const words = useWords(refundWords);
  const { close } = useWords(common);
  const isAdmin = useSession('console')?.role === 'admin';
  const { refusal } = quote;
  const isOverride = refusal === 'REFUND_WINDOW_CLOSED' && isAdmin;
  return (
    <>
      <QuoteFacts quote={quote} />
      {quote.beforeDeposit && <p className="notice">{words.beforeDeposit}</p>}
      {refusal && (
        <p className="notice" data-tone="warn">
          {isOverride
            ? words.windowOverride
            : refusal === 'REFUND_WINDOW_CLOSED'
              ? words.windowClosed
              : words.notRefundable}
        </p>
      )}
      {refusal === null || isOverride ? (
        <RefundSteps quote={quote} isOverride={isOverride} onDone={onDone} />
      ) : (
        <div>
          <Button onPress={onDone}>{close}</Button>
        </div>
      )}
    </>
  );
}

function QuoteFacts({ quote: { refundableAmount, windowEndsAt, effect } }: { quote: RefundQuote }) {
  const words = useWords(refundWords);
  const { won, time, day } = useFormat();
  return (
    <Facts
      facts={[
        [words.refundable, <strong key="amount">{won(refundableAmount)}</strong>],
        [words.window, windowEndsAt && words.windowUntil(time(windowEndsAt))],
        [
          words.effect,
          <>
            {words[effect.kind]} {effect.endDate && words.endsOn(day(effect.endDate))}{' '}
            {effect.kind !== 'none' && <span className="soft">{words.fullRefundOnly}</span>}
          </>,
        ],
      ]}
    />
  );
}

function RefundSteps({ quote, isOverride, onDone }: { quote: RefundQuote; isOverride: boolean; onDone: () => void }) {
  const words = useWords(refundWords);
  const { close } = useWords(common);
  const [values, setValues] = useState({
    amount: String(quote.refundableAmount),
    reason: '',
    account: { bank: '', accountNumber: '', holderName: '' },
  });
  const [isConfirming, setConfirming] = useState(false);
  const refunding = useRefund({ quote, isOverride, onError: () => setConfirming(false) });

  if (refunding.data) {
    const isPending = refunding.data.refund.status === 'PENDING';
    return (
      <>
        <p className="notice" data-tone={isPending ? 'warn' : 'good'} role="status">
          {isPending ? words.pending : words.done}
        </p>
        <div>
          <Button onPress={onDone}>{close}</Button>
        </div>
      </>
    );
  }
  if (isConfirming) {
    return (
      <RefundConfirmation
        amount={Number(values.amount)}
        isPending={refunding.isPending}
        onConfirm={() => refunding.mutate(values)}
        onCancel={() => setConfirming(false)}
      />
    );
  }
  return (
    <RefundForm
      values={values}
      onChange={setValues}
      needsAccount={quote.refundAccountRequired}
      isOverride={isOverride}
      error={refunding.error}
      onSubmit={() => setConfirming(true)}
      onClose={onDone}
    />
  );
}
