import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { cardName, cardsQuery } from '../../api/cards.ts';
import { answerOf, api, ApiProblem, type BillingKey, type Subscription } from '../../api/client.ts';
import { configQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge, Card } from '../../ui/parts.tsx';
import { Empty, Failure, Loaded } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { useReason } from '../../words/reasons.ts';
import { cards as cardWords } from './card-words.ts';
import { useRegisterCard } from './register-card.ts';

const route = getRouteApi('/me');

/** The cards on file, and which of them the subscription renews from. */
export function Cards({ userId, subscription }: { userId: string; subscription: Subscription | null }) {
  const words = useWords(cardWords);
  const cards = useQuery(cardsQuery(userId));
  const { data: config } = useQuery(configQuery);
  const registering = useRegisterCard();
  // Without keys for it at Toss no card can come on file.
  if (!config?.cardsOnFile) return null;
  return (
    <Card title={words.title}>
      <CameBack />
      <Loaded query={cards}>
        {(held) => (
          <>
            {held.length === 0 ? (
              <Empty>{words.none}</Empty>
            ) : (
              <ul className="lines">
                {held.map((card) => (
                  <OnFile key={card.id} card={card} subscription={subscription} />
                ))}
              </ul>
            )}
            <p className="small soft">
              {held.length > 0 && subscription?.billingKeyId ? words.replaceHint : words.registerHint}
            </p>
            {registering.error && <Stopped error={registering.error} />}
            <div>
              <Button onPress={() => registering.mutate()} isPending={registering.isPending}>
                {held.length === 0 ? words.register : words.replace}
              </Button>
            </div>
          </>
        )}
      </Loaded>
    </Card>
  );
}

/** The window's own words, where it is the window that did not open. */
export function Stopped({ error }: { error: Error }) {
  const words = useWords(cardWords);
  if (error instanceof ApiProblem) return <Failure error={error} />;
  return (
    <p role="alert" className="notice" data-tone="bad">
      {words.noWindow}
    </p>
  );
}

/** What became of the window, as the address that Toss and the API sent the browser to tells. */
function CameBack() {
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
        {words.unknown}
      </p>
    );
  }
  if (!code) return null;
  return (
    <div role="alert" className="notice" data-tone="bad">
      <p>{code === 'PAY_PROCESS_CANCELED' ? words.closed : (reason ?? words.refused)}</p>
    </div>
  );
}

type Asked = 'remove' | 'renew';

function OnFile({ card, subscription }: { card: BillingKey; subscription: Subscription | null }) {
  const words = useWords(cardWords);
  const { day } = useFormat();
  const [asked, setAsked] = useState<Asked | null>(null);
  const name = cardName(card.card);
  const renews = subscription?.billingKeyId === card.id;
  return (
    <li className="row apart">
      <span>
        <strong>{name}</strong> {renews && <Badge tone="accent">{words.renews}</Badge>}
        <br />
        <span className="small soft">
          {[card.card.type, words.since(day(card.createdAt))].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className="row">
        {subscription && !renews && (
          <Button small aria-label={words.renewFromOf(name)} onPress={() => setAsked('renew')}>
            {words.renewFrom}
          </Button>
        )}
        <Button small kind="quiet" aria-label={words.removeOf(name)} onPress={() => setAsked('remove')}>
          {words.remove}
        </Button>
      </span>
      <Dialog
        title={asked === 'renew' ? words.renewTitle : words.removeTitle}
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        alert
      >
        {asked && <Sure what={asked} card={card} subscription={subscription} onDone={() => setAsked(null)} />}
      </Dialog>
    </li>
  );
}

/** The second press. */
function Sure({
  what,
  card,
  subscription,
  onDone,
}: {
  what: Asked;
  card: BillingKey;
  subscription: Subscription | null;
  onDone: () => void;
}) {
  const words = useWords(cardWords);
  const { day } = useFormat();
  const queries = useQueryClient();
  const doing = useMutation({
    mutationFn: (): Promise<unknown> =>
      what === 'renew'
        ? answerOf(
            api.POST('/v1/subscriptions/{id}/billing-key', {
              params: { path: { id: subscription!.id } },
              body: { billingKeyId: card.id },
            }),
          )
        : answerOf(api.DELETE('/v1/billing-keys/{id}', { params: { path: { id: card.id } } })),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['cards'] }),
        queries.invalidateQueries({ queryKey: ['subscription'] }),
      ]);
      onDone();
    },
  });
  const pastDue = subscription?.status === 'PAST_DUE';
  const renewsFromIt = subscription?.billingKeyId === card.id;
  const hint =
    what === 'renew'
      ? pastDue
        ? words.renewNow
        : words.renewHint(day(subscription!.endDate))
      : renewsFromIt
        ? words.removeEnds(day(subscription.endDate))
        : words.removeHint;
  return (
    <>
      <p>
        <strong>{cardName(card.card)}</strong>
      </p>
      <p>{hint}</p>
      {doing.error && <Failure error={doing.error} />}
      <div className="row">
        <Button
          kind={what === 'remove' ? 'danger' : 'primary'}
          onPress={() => doing.mutate()}
          isPending={doing.isPending}
        >
          {what === 'remove' ? words.removeYes : words.renewYes}
        </Button>
        <Button onPress={onDone}>{words.keep}</Button>
      </div>
    </>
  );
}
