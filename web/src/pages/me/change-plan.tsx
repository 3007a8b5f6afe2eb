import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api, type ChangeQuote, type Plan, type Subscription } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Choose } from '../../ui/field.tsx';
import { Facts } from '../../ui/parts.tsx';
import { Failure, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { me } from './words.ts';

interface Props {
  subscription: Subscription;
  plans: Plan[];
  onDone: () => void;
}

/** Which plan, what it would mean in words and won, and only then the button. */
export function ChangePlan({ subscription, plans, onDone }: Props) {
  const words = useWords(me);
  const { won } = useFormat();
  const others = plans.filter((plan) => plan.isActive && plan.type !== 'EVENT' && plan.id !== subscription.planId);
  const [planId, setPlanId] = useState(others[0]?.id);
  const plan = others.find(({ id }) => id === planId);
  const quote = useQuery({
    queryKey: ['change-quote', subscription.id, planId],
    queryFn: () =>
      answerOf(
        api.POST('/v1/subscriptions/{id}/preview-change', {
          params: { path: { id: subscription.id } },
          body: { planId: planId! },
        }),
      ),
    enabled: plan !== undefined,
    staleTime: 0,
  });
  return (
    <div className="stack">
      <Choose
        label={words.plan}
        value={String(planId)}
        choices={others.map(({ id, name, price }) => ({ value: String(id), text: `${name} · ${won(price ?? 0)}` }))}
        onChange={(value) => setPlanId(Number(value))}
      />
      {plan && (
        <Loaded query={quote}>
          {(data) => <Quoted quote={data} plan={plan} subscription={subscription} onDone={onDone} />}
        </Loaded>
      )}
    </div>
  );
}

function Quoted({
  quote,
  plan,
  subscription,
  onDone,
}: {
  quote: ChangeQuote;
  plan: Plan;
  subscription: Subscription;
  onDone: () => void;
}) {
  const words = useWords(me);
  const { won, day } = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const upgrade = quote.kind === 'upgrade';
  // Below what Toss charges nothing is ordered; whether it is, the API decides: it knows the balance too.
  const ordering = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/temp-orders', { body: { planId: plan.id } })),
    onSuccess: ({ orderId }) => navigate({ to: '/', search: { order: orderId } }),
  });
  const changing = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/subscriptions/{id}/change', {
          params: { path: { id: subscription.id } },
          body: { planId: plan.id },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['subscription'] });
      onDone();
    },
  });
  const free = upgrade && quote.amountDue === 0;
  const pays = upgrade && !free;
  const error = ordering.error ?? changing.error;
  return (
    <>
      <div className="notice">
        <p>{upgrade ? (free ? words.tooSmall : words.upgrade) : words.downgrade(day(quote.effectiveAt))}</p>
      </div>
      <Facts
        facts={[
          [words.charge, upgrade && won(quote.charge)],
          [words.credit, upgrade && `−${won(quote.credit)}`],
          [words.due, <strong key="due">{won(quote.amountDue)}</strong>],
          [words.effectiveAt, day(quote.effectiveAt)],
          [words.periodEnd, day(quote.periodEnd)],
        ]}
      />
      {error && <Failure error={error} />}
      <div className="row">
        <Button
          kind="primary"
          onPress={() => (pays ? ordering.mutate() : changing.mutate())}
          isPending={ordering.isPending || changing.isPending}
        >
          {pays ? words.payAndChange(won(quote.amountDue)) : upgrade ? words.changeNow : words.schedule}
        </Button>
        <Button onPress={onDone}>{words.keep}</Button>
      </div>
    </>
  );
}
