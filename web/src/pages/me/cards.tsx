import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { cardsQuery } from '../../api/cards.ts';
import type { BillingKey, Subscription } from '../../api/client.ts';
import { configQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useReason } from '../../words/error-reasons.ts';
import { CardItem } from './card-item.tsx';
import { cardWords } from './card-words.ts';
import { RegistrationFailure, useRegisterCard } from './register-card.tsx';

const route = getRouteApi('/me');

/** The cards on file, and the one that the subscription renews with. */
export function Cards({ userId, subscription }: { userId: string; subscription: Subscription | null }) {
  const words = useWords(cardWords);
  const cards = useQuery(cardsQuery(userId));
  const { data: config } = useQuery(configQuery);
  // Without billing keys at Toss no card can be registered.
  if (!config?.cardsOnFile) return null;
  return (
    <Card title={words.title}>
      <RegistrationResult />
      <Loaded query={cards}>{(list) => <CardList cards={list} subscription={subscription} />}</Loaded>
    </Card>
  );
}

function CardList({ cards, subscription }: { cards: BillingKey[]; subscription: Subscription | null }) {
  const words = useWords(cardWords);
  const registering = useRegisterCard();
  const hasCards = cards.length > 0;
  return (
    <>
      {hasCards ? (
        <ul className="lines">
          {cards.map((card) => (
            <CardItem key={card.id} card={card} subscription={subscription} />
          ))}
        </ul>
      ) : (
        <Empty>{words.empty}</Empty>
      )}
      <p className="small soft">
        {hasCards && subscription?.billingKeyId ? words.registerOtherHint : words.registerHint}
      </p>
      {registering.error && <RegistrationFailure error={registering.error} />}
      <div>
        <Button onPress={() => registering.mutate()} isPending={registering.isPending}>
          {hasCards ? words.registerOther : words.register}
        </Button>
      </div>
    </>
  );
}

/** The result of a registration, from the address that the API redirected to. */
function RegistrationResult() {
  const words = useWords(cardWords);
  const { status, code, tossCode } = route.useSearch();
  const reason = useReason()(tossCode, code);
  if (status === 'ACTIVE') {
    return (
      <p role="status" className="notice" data-tone="good">
        {words.registered}
      </p>
    );
  }
  if (status) {
    return (
      <p role="alert" className="notice" data-tone="warn">
        {words.registrationUnknown}
      </p>
    );
  }
  if (!code) return null;
  return (
    <div role="alert" className="notice" data-tone="bad">
      <p>{code === 'PAY_PROCESS_CANCELED' ? words.registrationClosed : (reason ?? words.registrationFailed)}</p>
    </div>
  );
}
