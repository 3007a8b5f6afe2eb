import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mySubscriptionQuery } from '../../api/queries.ts';
import { SignedIn } from '../../session/sign-in.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { Cards } from './cards.tsx';
import { LastSubscription } from './last-subscription.tsx';
import { MyPayments } from './my-payments.tsx';
import { MySubscription } from './my-subscription.tsx';
import { myPageWords } from './my-page-words.ts';
import { Periods } from './periods.tsx';

/** A buyer's subscription, cards on file, periods and payments. */
export function MePage() {
  return <SignedIn area="shop">{({ userId }) => <MyPage userId={userId} />}</SignedIn>;
}

function MyPage({ userId }: { userId: string }) {
  const words = useWords(myPageWords);
  const subscription = useQuery(mySubscriptionQuery(userId));
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <Loaded query={subscription}>
        {(current) => (
          <>
            {current ? <MySubscription subscription={current} /> : <NoSubscription userId={userId} />}
            <Cards userId={userId} subscription={current} />
            {current && <Periods id={current.id} />}
          </>
        )}
      </Loaded>
      <MyPayments userId={userId} />
    </div>
  );
}

function NoSubscription({ userId }: { userId: string }) {
  const words = useWords(myPageWords);
  const choosePlan = (
    <Link to="/" className="button" data-kind="primary">
      {words.choosePlan}
    </Link>
  );
  return (
    <>
      <LastSubscription userId={userId} />
      <Empty action={choosePlan}>{words.noSubscription}</Empty>
    </>
  );
}
