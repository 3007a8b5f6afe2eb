import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { cardName, cardsQuery } from '../../api/cards.ts';
import { answerOf, api, ApiProblem, type BillingKey, newKey, type Plan } from '../../api/client.ts';
import { mySubscriptionQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choose } from '../../ui/field.tsx';
import { Card, Facts } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useReason } from '../../words/reasons.ts';
import { useFormat } from '../../words/format.ts';
import { withCard } from './card-words.ts';
import { outcome } from './words.ts';

/** Trouble of ours, or no answer: the same key asked again is the same charge. */
const isUnknown = (error: Error) =>
  !(error instanceof ApiProblem) ||
  ['INTERNAL_ERROR', 'DATABASE_UNAVAILABLE', 'IDEMPOTENCY_KEY_IN_PROGRESS'].includes(error.problem.code);

/** For whoever has no subscription: the card on file instead of Toss's widgets. Whoever has one changes it under /me. */
export default function WithCard({ userId, plan }: { userId: string; plan: Plan }) {
  const words = useWords(withCard);
  const { data: subscription } = useQuery(mySubscriptionQuery(userId));
  const { data: cards } = useQuery(cardsQuery(userId));
  const [chosen, setChosen] = useState<string>();
  const [sure, setSure] = useState(false);
  if (subscription !== null || cards === undefined) return null;
  const card = cards.find(({ id }) => id === chosen) ?? cards[0];
  if (!card) {
    return (
      <p className="small soft">
        {words.register} <Link to="/me">{words.toCards}</Link>
      </p>
    );
  }
  return (
    <Card title={words.title}>
      {cards.length > 1 && (
        <Choose
          label={words.choose}
          value={card.id}
          choices={cards.map((each) => ({ value: each.id, text: cardName(each.card) }))}
          onChange={setChosen}
        />
      )}
      <Button wide onPress={() => setSure(true)}>
        {words.subscribe(cardName(card.card))}
      </Button>
      <Dialog title={words.sure(plan.name)} isOpen={sure} onClose={() => setSure(false)} alert>
        <Sure plan={plan} card={card} onClose={() => setSure(false)} />
      </Dialog>
    </Card>
  );
}

/** What is charged now and what later, and the second press; its answers are a confirm's: paid, not known yet, declined. */
function Sure({ plan, card, onClose }: { plan: Plan; card: BillingKey; onClose: () => void }) {
  const words = useWords(withCard);
  const ended = useWords(outcome);
  const { won } = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const key = useRef(newKey());
  const reasonOf = useReason();
  const subscribing = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/subscriptions', {
          body: { planId: plan.id, billingKeyId: card.id },
          headers: { 'Idempotency-Key': key.current },
        }),
      ),
    onSuccess: async ({ payment }) => {
      if (payment) {
        queries.setQueryData(['payment', payment.orderId], payment);
        await navigate({ to: '/order-success', search: { orderId: payment.orderId } });
      } else await navigate({ to: '/me' });
      await queries.invalidateQueries({ queryKey: ['subscription'] });
    },
    onError: (error) => {
      if (isUnknown(error)) return undefined;
      // A no is final under its key; another try is another charge.
      key.current = newKey();
      const { code, toss } = (error as ApiProblem).problem;
      if (code !== 'PAYMENT_DECLINED' && code !== 'PAYMENT_MISMATCH') return undefined;
      // Without words of ours for it, Toss's stand here, where the answer came.
      if (reasonOf(toss?.code, code) === null) return undefined;
      return navigate({ to: '/order-fail', search: { code, tossCode: toss?.code } });
    },
  });
  const { error } = subscribing;
  return (
    <>
      <Facts
        facts={[
          [words.card, cardName(card.card)],
          [words.now, <strong key="now">{won(plan.price!)}</strong>],
          [words.after, words.afterDay(plan.durationMonths!)],
        ]}
      />
      <p className="small soft">{words.terms}</p>
      {error && (isUnknown(error) ? <p role="alert">{ended.notReached}</p> : <Failure error={error} />)}
      <div className="row">
        <Button kind="primary" onPress={() => subscribing.mutate()} isPending={subscribing.isPending}>
          {words.pay(won(plan.price!))}
        </Button>
        {!subscribing.isPending && <Button onPress={onClose}>{words.keep}</Button>}
      </div>
    </>
  );
}
