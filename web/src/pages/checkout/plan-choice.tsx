import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mySubscriptionQuery, plansQuery } from '../../api/queries.ts';
import { useSession } from '../../session/session.ts';
import { Empty, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { OrderForm } from './order-form.tsx';
import { shopWords } from './shop-words.ts';

export function PlanChoice() {
  const words = useWords(shopWords);
  const plans = useQuery(plansQuery);
  const session = useSession('shop');
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.lead}</p>
      </div>
      {session && <CurrentSubscription userId={session.userId} />}
      <Loaded query={plans}>
        {(all) => {
          const onSale = all.filter(({ isActive }) => isActive);
          return onSale.length === 0 ? <Empty>{words.noPlans}</Empty> : <OrderForm plans={onSale} />;
        }}
      </Loaded>
    </div>
  );
}

function CurrentSubscription({ userId }: { userId: string }) {
  const words = useWords(shopWords);
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
