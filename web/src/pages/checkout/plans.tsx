import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react';
import { answerOf, api, ApiProblem, newKey, type Plan } from '../../api/client.ts';
import { configQuery, mySubscriptionQuery, plansQuery } from '../../api/queries.ts';
import { sandboxUser, useSandboxSignIn } from '../../session/sandbox-sign-in.ts';
import { useSession } from '../../session/session.ts';
import { SignedIn } from '../../session/sign-in.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Empty, Failure, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { shop } from './words.ts';

/** Nobody who is not signed in loads it. */
const WithCard = lazy(() => import('./with-card.tsx'));

export function Plans() {
  const words = useWords(shop);
  const plans = useQuery(plansQuery);
  const session = useSession('shop');
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.lead}</p>
      </div>
      {session && <Current userId={session.userId} />}
      <Loaded query={plans}>
        {(all) => {
          const onSale = all.filter(({ isActive }) => isActive);
          return onSale.length === 0 ? <Empty>{words.noPlans}</Empty> : <OrderForm plans={onSale} />;
        }}
      </Loaded>
    </div>
  );
}

function Current({ userId }: { userId: string }) {
  const words = useWords(shop);
  const { day } = useFormat();
  const { data } = useQuery(mySubscriptionQuery(userId));
  if (!data) return null;
  return (
    <div className="notice">
      <p>
        <strong>{words.current(data.plan.name, day(data.endDate))}</strong>
      </p>
      <p className="small">
        {words.change} <Link to="/me">{words.manage}</Link>
      </p>
    </div>
  );
}

function OrderForm({ plans }: { plans: Plan[] }) {
  const words = useWords(shop);
  const navigate = useNavigate();
  const session = useSession('shop');
  const { data: config } = useQuery(configQuery);
  const starting = useSandboxSignIn('shop');
  const [planId, setPlanId] = useState(plans[0]!.id);
  const [amount, setAmount] = useState('10000');
  const plan = plans.find(({ id }) => id === planId) ?? plans[0]!;
  // One key per choice: pressing twice, or again after a lost answer, makes one order.
  const key = useRef({ for: '', key: '' });

  const ordering = useMutation({
    mutationFn: async () => {
      // A newcomer to the sandbox need not know that there is anything to sign in to.
      if (!session) await starting.mutateAsync({ userId: sandboxUser('shop'), role: 'customer' });
      const body = { planId: plan.id, ...(plan.price === null && { amount: Number(amount) }) };
      if (key.current.for !== JSON.stringify(body)) key.current = { for: JSON.stringify(body), key: newKey() };
      return answerOf(api.POST('/v1/temp-orders', { body, headers: { 'Idempotency-Key': key.current.key } }));
    },
    onSuccess: ({ orderId }) => {
      key.current = { for: '', key: '' };
      return navigate({ to: '/', search: { order: orderId } });
    },
  });
  if (!session && !config?.sandbox) return <SignedIn desk="shop">{() => null}</SignedIn>;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ordering.isPending) ordering.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <fieldset className="plans">
        <legend className="visually-hidden">{words.plans}</legend>
        {plans.map((each) => (
          <PlanChoice key={each.id} plan={each} chosen={each === plan} choose={() => setPlanId(each.id)} />
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
      {ordering.error && <Refusal error={ordering.error} />}
      <Button kind="primary" wide type="submit" isPending={ordering.isPending}>
        {words.order}
      </Button>
      {session && config?.cardsOnFile && plan.price !== null && plan.durationMonths !== null && (
        <Suspense fallback={null}>
          <WithCard userId={session.userId} plan={plan} />
        </Suspense>
      )}
      {config?.sandbox && <p className="small soft">{words.notReal}</p>}
    </form>
  );
}

function PlanChoice({ plan, chosen, choose }: { plan: Plan; chosen: boolean; choose: () => void }) {
  const words = useWords(shop);
  const { won } = useFormat();
  return (
    <label className="plan">
      <input type="radio" name="plan" checked={chosen} onChange={choose} />
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

function Refusal({ error }: { error: Error }) {
  const words = useWords(shop);
  const code = error instanceof ApiProblem ? error.problem.code : '';
  return (
    <>
      <Failure error={error} />
      {['DOWNGRADE_AT_PERIOD_END', 'NOTHING_TO_PAY'].includes(code) && (
        <p>
          <Link to="/me">{words.changeInstead}</Link>
        </p>
      )}
    </>
  );
}
