import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { answerOf, api, ApiProblem, newKey, type RefundQuote } from '../../api/client.ts';
import { useSession } from '../../session/session.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Facts } from '../../ui/parts.tsx';
import { Failure, Loaded } from '../../ui/states.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { story as storyWords } from './story-words.ts';

/** What may be refunded and what that would do, read anew each time; then the amount and why; then a second press. */
export function RefundForm({ orderId, onDone }: { orderId: string; onDone: () => void }) {
  const quote = useQuery({
    queryKey: ['refund-quote', orderId],
    queryFn: () => answerOf(api.GET('/v1/payments/{orderId}/refund-quote', { params: { path: { orderId } } })),
    staleTime: 0,
    gcTime: 0,
  });
  return <Loaded query={quote}>{(data) => <Quoted quote={data} onDone={onDone} />}</Loaded>;
}

function Quoted({ quote, onDone }: { quote: RefundQuote; onDone: () => void }) {
  const words = useWords(storyWords);
  const { close } = useWords(common);
  const { won, time, day } = useFormat();
  const isAdmin = useSession('console')?.role === 'admin';
  const { effect, refusal } = quote;
  const overriding = refusal === 'REFUND_WINDOW_CLOSED' && isAdmin;
  return (
    <>
      <Facts
        facts={[
          [words.refundable, <strong key="amount">{won(quote.refundableAmount)}</strong>],
          [words.window, quote.windowEndsAt && words.windowUntil(time(quote.windowEndsAt))],
          [
            words.effect,
            <>
              {words[effect.kind]} {effect.endDate && words.endsThen(day(effect.endDate))}{' '}
              {effect.kind !== 'none' && <span className="soft">{words.wholeOnly}</span>}
            </>,
          ],
        ]}
      />
      {quote.beforeDeposit && <p className="notice">{words.beforeDeposit}</p>}
      {refusal && (
        <p className="notice" data-tone="warn">
          {refusal === 'REFUND_WINDOW_CLOSED' ? words.windowClosed : words.notRefundable}
        </p>
      )}
      {refusal === null || overriding ? (
        <Ask quote={quote} overriding={overriding} onDone={onDone} />
      ) : (
        <div>
          <Button onPress={onDone}>{close}</Button>
        </div>
      )}
    </>
  );
}

function Ask({ quote, overriding, onDone }: { quote: RefundQuote; overriding: boolean; onDone: () => void }) {
  const words = useWords(storyWords);
  const { close } = useWords(common);
  const { won } = useFormat();
  const queries = useQueryClient();
  const [amount, setAmount] = useState(String(quote.refundableAmount));
  const [reason, setReason] = useState('');
  const [account, setAccount] = useState({ bank: '', accountNumber: '', holderName: '' });
  const [sure, setSure] = useState(false);
  // One key per wish: pressed twice, or again after a lost answer, it is the same refund. A refusal ends it.
  const key = useRef({ for: '', key: '' });

  const refunding = useMutation({
    mutationFn: () => {
      const given = Number(amount);
      const body = {
        orderId: quote.orderId,
        reason,
        ...(given !== quote.refundableAmount && { amount: given }),
        ...(quote.refundAccountRequired && { refundReceiveAccount: account }),
        ...(overriding && { overrideWindow: true }),
      };
      const wish = JSON.stringify(body);
      if (key.current.for !== wish) key.current = { for: wish, key: newKey() };
      return answerOf(api.POST('/v1/refunds', { body, headers: { 'Idempotency-Key': key.current.key } }));
    },
    // Whatever became of it, the page must tell how things stand now. Only the quote stays as it was agreed to.
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'refund-quote' }),
    onError: (error) => {
      setSure(false);
      if (error instanceof ApiProblem) key.current = { for: '', key: '' };
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSure(true);
  };

  if (refunding.data) {
    return (
      <>
        <p className="notice" data-tone={refunding.data.refund.status === 'PENDING' ? 'warn' : 'good'} role="status">
          {refunding.data.refund.status === 'PENDING' ? words.refundPending : words.refundDone}
        </p>
        <div>
          <Button onPress={onDone}>{close}</Button>
        </div>
      </>
    );
  }
  if (sure) {
    return (
      <div className="notice" data-tone="warn">
        <p>
          <strong>{words.sure(won(Number(amount)))}</strong>
        </p>
        <p>{words.sureHint}</p>
        <div className="row">
          <Button kind="danger" onPress={() => refunding.mutate()} isPending={refunding.isPending}>
            {words.yes(won(Number(amount)))}
          </Button>
          {/* The form that had the focus is gone; the harmless answer takes it. */}
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
          <Button autoFocus onPress={() => setSure(false)} isDisabled={refunding.isPending}>
            {words.no}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label={words.refundAmount}
        value={amount}
        onChange={setAmount}
        inputMode="numeric"
        pattern="[1-9][0-9]*"
        isRequired
      />
      <Field
        label={words.refundReason}
        value={reason}
        onChange={setReason}
        isRequired
        maxLength={200}
        minLength={overriding ? 11 : 1}
        hint={overriding && words.overrideReasonHint}
      />
      {quote.refundAccountRequired && (
        <>
          <Field
            label={words.bank}
            value={account.bank}
            onChange={(bank) => setAccount({ ...account, bank })}
            isRequired
            maxLength={30}
          />
          <Field
            label={words.accountNumber}
            value={account.accountNumber}
            onChange={(accountNumber) => setAccount({ ...account, accountNumber })}
            isRequired
            inputMode="numeric"
            maxLength={30}
          />
          <Field
            label={words.holder}
            value={account.holderName}
            onChange={(holderName) => setAccount({ ...account, holderName })}
            isRequired
            maxLength={60}
          />
        </>
      )}
      {refunding.error && <Failure error={refunding.error} />}
      <div className="row">
        <Button kind="danger" type="submit">
          {words.next}
        </Button>
        <Button onPress={onDone}>{close}</Button>
      </div>
    </form>
  );
}
