import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { cardName, cardsQuery } from '../../api/cards.ts';
import type { BillingKey, Plan } from '../../api/client.ts';
import { mySubscriptionQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { Card, Facts } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { cardSubscriptionWords } from './card-subscription-words.ts';
import { approvalWords } from './outcome-words.ts';
import { isUnknown, useSubscribe } from './use-subscribe.ts';

/** Subscribes with a card on file. Buyers who already have a subscription change it under /me instead. */
export default function CardSubscription({ userId, plan }: { userId: string; plan: Plan }) {
  const words = useWords(cardSubscriptionWords);
  const { data: subscription } = useQuery(mySubscriptionQuery(userId));
  const { data: cards } = useQuery(cardsQuery(userId));
  const [chosenId, setChosenId] = useState<string>();
  const [isOpen, setOpen] = useState(false);
  if (subscription !== null || cards === undefined) return null;
  const card = cards.find(({ id }) => id === chosenId) ?? cards[0];
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
        <Select
          label={words.choose}
          value={card.id}
          options={cards.map((each) => ({ value: each.id, text: cardName(each.card) }))}
          onChange={setChosenId}
        />
      )}
      <Button wide onPress={() => setOpen(true)}>
        {words.subscribe(cardName(card.card))}
      </Button>
      <Dialog title={words.confirm(plan.name)} isOpen={isOpen} onClose={() => setOpen(false)} alert>
        <Confirmation plan={plan} card={card} onClose={() => setOpen(false)} />
      </Dialog>
    </Card>
  );
}

/** The second press, which names the charge now and the charges later. */
function Confirmation({ plan, card, onClose }: { plan: Plan; card: BillingKey; onClose: () => void }) {
  const words = useWords(cardSubscriptionWords);
  const { noResult } = useWords(approvalWords);
  const { won } = useFormat();
  const subscribing = useSubscribe(plan, card);
  const { error } = subscribing;
  return (
    <>
      <Facts
        facts={[
          [words.card, cardName(card.card)],
          [words.now, <strong key="now">{won(plan.price!)}</strong>],
          [words.after, words.everyMonths(plan.durationMonths!)],
        ]}
      />
      <p className="small soft">{words.terms}</p>
      {error && (isUnknown(error) ? <p role="alert">{noResult}</p> : <Failure error={error} />)}
      <div className="row">
        <Button kind="primary" onPress={() => subscribing.mutate()} isPending={subscribing.isPending}>
          {words.pay(won(plan.price!))}
        </Button>
        {!subscribing.isPending && <Button onPress={onClose}>{words.close}</Button>}
      </div>
    </>
  );
}
