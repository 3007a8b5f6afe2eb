import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react';
import { api, ApiProblem, newIdempotencyKey, type Plan, resultOf } from '../../api/client.ts';
import { configQuery } from '../../api/queries.ts';
import { sandboxUser, useSandboxSignIn } from '../../session/sandbox-sign-in.ts';
import { useSession } from '../../session/session.ts';
import { SignedIn } from '../../session/sign-in.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { shopWords } from './shop-words.ts';

/** Loaded for signed-in buyers only. */
const CardSubscription = lazy(() => import('./card-subscription.tsx'));

const CHANGE_INSTEAD = ['DOWNGRADE_AT_PERIOD_END', 'NOTHING_TO_PAY'];

export function OrderForm({ plans }: { plans: Plan[] }) {
  const words = useWords(shopWords);
  const session = useSession('shop');
  const { data: config } = useQuery(configQuery);
  const [planId, setPlanId] = useState(plans[0]!.id);
  const [amount, setAmount] = useState('10000');
  const plan = plans.find(({ id }) => id === planId) ?? plans[0]!;
  const ordering = useOrder();
  if (!session && !config?.sandbox) return <SignedIn area="shop">{() => null}</SignedIn>;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ordering.isPending)
      ordering.mutate({ planId: plan.id, ...(plan.price === null && { amount: Number(amount) }) });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <fieldset className="plans">
        <legend className="visually-hidden">{words.plans}</legend>
        {plans.map((each) => (
          <PlanOption key={each.id} plan={each} isChosen={each === plan} onChoose={() => setPlanId(each.id)} />
        ))}
      </fieldset>
      {plan.price === null && (
        <Field
          label={words.amount}
          hint={words.amountHint}
          value={amount}
          onChange={setAmount}
          inputMode="numeric"
          isRequired
          pattern="[0-9]+"
        />
      )}
      {ordering.error && <OrderProblem error={ordering.error} />}
      <Button kind="primary" wide type="submit" isPending={ordering.isPending}>
        {words.order}
      </Button>
      {session && config?.cardsOnFile && plan.price !== null && plan.durationMonths !== null && (
        <Suspense fallback={null}>
          <CardSubscription userId={session.userId} plan={plan} />
        </Suspense>
      )}
      {config?.sandbox && <p className="small soft">{words.sandboxNote}</p>}
    </form>
  );
}

/** Creates the temp order and goes on to its payment. In the sandbox it signs a new visitor in first. */
function useOrder() {
  const navigate = useNavigate();
  const session = useSession('shop');
  const signingIn = useSandboxSignIn('shop');
  // The same choice keeps one idempotency key: a second press, or a retry after a lost response, is the same order.
  const lastRequest = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: async (body: { planId: number; amount?: number }) => {
      if (!session) await signingIn.mutateAsync({ userId: sandboxUser('shop'), role: 'customer' });
      const text = JSON.stringify(body);
      if (lastRequest.current.body !== text) lastRequest.current = { body: text, key: newIdempotencyKey() };
      const headers = { 'Idempotency-Key': lastRequest.current.key };
      return resultOf(api.POST('/v1/temp-orders', { body, headers }));
    },
    onSuccess: ({ orderId }) => {
      lastRequest.current = { body: '', key: '' };
      return navigate({ to: '/', search: { order: orderId } });
    },
  });
}

function PlanOption({ plan, isChosen, onChoose }: { plan: Plan; isChosen: boolean; onChoose: () => void }) {
  const words = useWords(shopWords);
  const { won } = useFormat();
  return (
    <label className="plan">
      <input type="radio" name="plan" checked={isChosen} onChange={onChoose} />
      <span className="plan-name">
        <strong>{plan.name}</strong>
        {plan.durationMonths === null && <span className="small soft">{words.event}</span>}
      </span>
      {plan.price !== null && (
        <span className="plan-price">
          <strong>{won(plan.price)}</strong>
          {plan.durationMonths !== null && <span className="soft"> / {words.perMonths(plan.durationMonths)}</span>}
        </span>
      )}
    </label>
  );
}

function OrderProblem({ error }: { error: Error }) {
  const words = useWords(shopWords);
  const code = error instanceof ApiProblem ? error.problem.code : '';
  return (
    <>
      <Failure error={error} />
      {CHANGE_INSTEAD.includes(code) && (
        <p>
          <Link to="/me">{words.changeInstead}</Link>
        </p>
      )}
    </>
  );
}
