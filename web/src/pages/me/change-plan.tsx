import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type ChangeQuote, type Plan, resultOf, type Subscription } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { Facts } from '../../ui/parts.tsx';
import { Failure, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { changePlanWords } from './my-page-words.ts';

interface Props {
  subscription: Subscription;
  plans: Plan[];
  onDone: () => void;
}

/** Chooses a plan and shows the effect and the price of the change before it can be made. */
export function ChangePlan({ subscription, plans, onDone }: Props) {
  const words = useWords(changePlanWords);
  const { won } = useFormat();
  const others = plans.filter((plan) => plan.isActive && plan.type !== 'EVENT' && plan.id !== subscription.planId);
  const [planId, setPlanId] = useState(others[0]?.id);
  const plan = others.find(({ id }) => id === planId);
  const quote = useQuery({
    queryKey: ['change-quote', subscription.id, planId],
    queryFn: () =>
      resultOf(
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
      <Select
        label={words.plan}
        value={String(planId)}
        options={others.map(({ id, name, price }) => ({ value: String(id), text: `${name} · ${won(price ?? 0)}` }))}
        onChange={(value) => setPlanId(Number(value))}
      />
      {plan && (
        <Loaded query={quote}>
          {(data) => (
            <>
              <QuoteFacts quote={data} plan={plan} />
              <ChangeButtons quote={data} plan={plan} subscription={subscription} onDone={onDone} />
            </>
          )}
        </Loaded>
      )}
    </div>
  );
}

function QuoteFacts({ quote, plan }: { quote: ChangeQuote; plan: Plan }) {
  const words = useWords(changePlanWords);
  const { won, day } = useFormat();
  const isUpgrade = quote.kind === 'upgrade';
  const effect = quote.amountDue === 0 ? words.nothingDue : words.upgrade(plan.name);
  return (
    <>
      <div className="notice">
        <p>{isUpgrade ? effect : words.downgrade(plan.name, day(quote.effectiveAt))}</p>
      </div>
      <Facts
        facts={[
          [words.charge, isUpgrade && won(quote.charge)],
          [words.credit, isUpgrade && `−${won(quote.credit)}`],
          [words.due, <strong key="due">{won(quote.amountDue)}</strong>],
          [words.effectiveAt, day(quote.effectiveAt)],
          [words.periodEnd, day(quote.periodEnd)],
        ]}
      />
    </>
  );
}

function ChangeButtons({
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
  const words = useWords(changePlanWords);
  const { won } = useFormat();
  const { ordering, changing } = useChange(plan, subscription, onDone);
  const isUpgrade = quote.kind === 'upgrade';
  // A change with nothing due needs no order. The API decides the amount: it includes the balance.
  const needsPayment = isUpgrade && quote.amountDue > 0;
  const error = ordering.error ?? changing.error;
  return (
    <>
      {error && <Failure error={error} />}
      <div className="row">
        <Button
          kind="primary"
          onPress={() => (needsPayment ? ordering.mutate() : changing.mutate())}
          isPending={ordering.isPending || changing.isPending}
        >
          {needsPayment ? words.payAndChange(won(quote.amountDue)) : isUpgrade ? words.changeNow : words.schedule}
        </Button>
        <Button onPress={onDone}>{words.keep}</Button>
      </div>
    </>
  );
}

/** Either an order for the change, which goes on to its payment, or the change itself. */
function useChange(plan: Plan, { id }: Subscription, onDone: () => void) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const ordering = useMutation({
    mutationFn: () => resultOf(api.POST('/v1/temp-orders', { body: { planId: plan.id } })),
    onSuccess: ({ orderId }) => navigate({ to: '/', search: { order: orderId } }),
  });
  const changing = useMutation({
    mutationFn: () =>
      resultOf(api.POST('/v1/subscriptions/{id}/change', { params: { path: { id } }, body: { planId: plan.id } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['subscription'] });
      onDone();
    },
  });
  return { ordering, changing };
}
