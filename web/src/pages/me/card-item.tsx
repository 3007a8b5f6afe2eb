import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { cardName } from '../../api/cards.ts';
import { api, type BillingKey, resultOf, type Subscription } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { cardWords } from './card-words.ts';

type Action = 'remove' | 'renew';

interface Props {
  card: BillingKey;
  subscription: Subscription | null;
}

/** One card with its actions, each behind a confirmation. */
export function CardItem({ card, subscription }: Props) {
  const words = useWords(cardWords);
  const { day } = useFormat();
  const [action, setAction] = useState<Action | null>(null);
  const name = cardName(card.card);
  const isDefault = subscription?.billingKeyId === card.id;
  const close = () => setAction(null);
  return (
    <li className="row apart">
      <span>
        <strong>{name}</strong> {isDefault && <Badge tone="accent">{words.isDefault}</Badge>}
        <br />
        <span className="small soft">
          {[card.card.type, words.registeredOn(day(card.createdAt))].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className="row">
        {subscription && !isDefault && (
          <Button small aria-label={words.renewWithOf(name)} onPress={() => setAction('renew')}>
            {words.renewWith}
          </Button>
        )}
        <Button small kind="quiet" aria-label={words.removeOf(name)} onPress={() => setAction('remove')}>
          {words.remove}
        </Button>
      </span>
      <Dialog
        title={action === 'renew' ? words.renewTitle : words.removeTitle}
        isOpen={action !== null}
        onClose={close}
        alert
      >
        {action === 'renew' && subscription && (
          <RenewConfirmation card={card} subscription={subscription} onDone={close} />
        )}
        {action === 'remove' && <RemoveConfirmation card={card} subscription={subscription} onDone={close} />}
      </Dialog>
    </li>
  );
}

function RenewConfirmation({ card, subscription, onDone }: Props & { subscription: Subscription; onDone: () => void }) {
  const words = useWords(cardWords);
  const { day } = useFormat();
  const params = { path: { id: subscription.id } };
  return (
    <Confirmation
      card={card}
      hint={subscription.status === 'PAST_DUE' ? words.renewNow : words.renewHint(day(subscription.endDate))}
      kind="primary"
      label={words.renewYes}
      run={() => resultOf(api.POST('/v1/subscriptions/{id}/billing-key', { params, body: { billingKeyId: card.id } }))}
      onDone={onDone}
    />
  );
}

function RemoveConfirmation({ card, subscription, onDone }: Props & { onDone: () => void }) {
  const words = useWords(cardWords);
  const { day } = useFormat();
  const isDefault = subscription?.billingKeyId === card.id;
  return (
    <Confirmation
      card={card}
      hint={isDefault ? words.removeEnds(day(subscription.endDate)) : words.removeHint}
      kind="danger"
      label={words.removeYes}
      run={() => resultOf(api.DELETE('/v1/billing-keys/{id}', { params: { path: { id: card.id } } }))}
      onDone={onDone}
    />
  );
}

interface ConfirmationProps {
  card: BillingKey;
  /** What follows from the action. */
  hint: string;
  kind: 'primary' | 'danger';
  label: string;
  run: () => Promise<unknown>;
  onDone: () => void;
}

function Confirmation({ card, hint, kind, label, run, onDone }: ConfirmationProps) {
  const { keep } = useWords(cardWords);
  const queries = useQueryClient();
  const running = useMutation({
    mutationFn: run,
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['cards'] }),
        queries.invalidateQueries({ queryKey: ['subscription'] }),
      ]);
      onDone();
    },
  });
  return (
    <>
      <p>
        <strong>{cardName(card.card)}</strong>
      </p>
      <p>{hint}</p>
      {running.error && <Failure error={running.error} />}
      <div className="row">
        <Button kind={kind} onPress={() => running.mutate()} isPending={running.isPending}>
          {label}
        </Button>
        <Button onPress={onDone}>{keep}</Button>
      </div>
    </>
  );
}
