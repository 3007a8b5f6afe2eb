import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mySubscriptionQuery } from '../../api/queries.ts';
import { SignedIn } from '../../session/sign-in.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { Cards } from './cards.tsx';
import { MyPayments } from './my-payments.tsx';
import { MySubscription } from './my-subscription.tsx';
import { Periods } from './periods.tsx';
import { Ended } from './renewal.tsx';
import { me } from './words.ts';

/** What a buyer has: the subscription and what can be done with it, the cards it renews from, its periods, their payments. */
export function MePage() {
  return <SignedIn desk="shop">{({ userId }) => <Mine userId={userId} />}</SignedIn>;
}

function Mine({ userId }: { userId: string }) {
  const words = useWords(me);
  const subscription = useQuery(mySubscriptionQuery(userId));
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <Loaded query={subscription}>
        {(held) =>
          held === null ? (
            <>
              <Ended userId={userId} />
              <Empty
                action={
                  <Link to="/" className="button" data-kind="primary">
                    {words.choose}
                  </Link>
                }
              >
                {words.none}
              </Empty>
              <Cards userId={userId} subscription={null} />
            </>
          ) : (
            <>
              <MySubscription subscription={held} />
              <Cards userId={userId} subscription={held} />
              <Periods id={held.id} />
            </>
          )
        }
      </Loaded>
      <MyPayments userId={userId} />
    </div>
  );
}
