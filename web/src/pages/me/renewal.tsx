import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Subscription } from '../../api/client.ts';
import { plansQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Card, Facts, type Tone } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { renewal, standing } from './card-words.ts';
import { Stopped } from './cards.tsx';
import { useRegisterCard } from './register-card.ts';

/** Which words the buyer was shown: a new text gets a new name. */
const CONSENT_TEXT = '2026-11';

const TONES = {
  TRIALING: 'accent',
  ACTIVE: 'good',
  PAST_DUE: 'bad',
  CANCELED: 'plain',
  EXPIRED: 'plain',
} satisfies Record<Subscription['status'], Tone>;

export function Standing({ status }: { status: Subscription['status'] }) {
  return <Badge tone={TONES[status]}>{useWords(standing)[status]}</Badge>;
}

/** The card said no: what that means, until when, and what to do about it. */
export function PastDue({ subscription: { graceUntil, nextChargeAt } }: { subscription: Subscription }) {
  const words = useWords(renewal);
  const { day } = useFormat();
  const registering = useRegisterCard();
  return (
    <div className="notice" data-tone="bad">
      <p>
        <strong>{words.pastDue}</strong>
      </p>
      <p>{words.pastDueDo}</p>
      {nextChargeAt && <p className="small">{words.triedAgain(day(nextChargeAt))}</p>}
      {graceUntil && <p className="small">{words.grace(day(graceUntil))}</p>}
      {registering.error && <Stopped error={registering.error} />}
      <div>
        <Button kind="primary" onPress={() => registering.mutate()} isPending={registering.isPending}>
          {words.otherCard}
        </Button>
      </div>
    </div>
  );
}

/** Where the next charge is the first after a trial: without this word it is not taken. */
export function ConsentNeeded({ subscription }: { subscription: Subscription }) {
  const words = useWords(renewal);
  const { won, day } = useFormat();
  const queries = useQueryClient();
  const { data: plans } = useQuery(plansQuery);
  const { id } = subscription;
  const { data } = useQuery({
    queryKey: ['subscription', 'consents', id],
    queryFn: () => answerOf(api.GET('/v1/subscriptions/{id}/consents', { params: { path: { id } } })),
    enabled: subscription.billingKeyId !== null && !subscription.cancelAtPeriodEnd,
  });
  const needed = data?.needed;
  const giving = useMutation({
    mutationFn: (price: number) =>
      answerOf(
        api.POST('/v1/subscriptions/{id}/consents', {
          params: { path: { id } },
          body: { textVersion: CONSENT_TEXT, channel: 'web', price },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['subscription'] }),
  });
  if (!needed) return null;
  const plan = plans?.find((each) => each.id === needed.planId)?.name ?? String(needed.planId);
  const open = needed.open;
  return (
    <div className="notice" data-tone="warn">
      <p>
        <strong>
          {needed.kind === 'TRIAL_TO_PAID'
            ? words.afterTrial(day(needed.chargeAt), won(needed.price), plan)
            : words.priceRise(day(needed.chargeAt), won(needed.price), plan)}
        </strong>
      </p>
      <p>{open ? words.consentHint : words.consentFrom(day(needed.from))}</p>
      {giving.error && <Failure error={giving.error} />}
      {open && (
        <div>
          <Button kind="primary" onPress={() => giving.mutate(needed.price)} isPending={giving.isPending}>
            {words.consent(won(needed.price))}
          </Button>
        </div>
      )}
    </div>
  );
}

/** For somebody who has none any more: which it was, and how it ended. */
export function Ended({ userId }: { userId: string }) {
  const words = useWords(renewal);
  const { day } = useFormat();
  const { data } = useQuery({
    queryKey: ['subscription', 'latest', userId],
    queryFn: async () =>
      (await answerOf(api.GET('/v1/subscriptions', { params: { query: { userId, limit: 1 } } }))).data[0] ?? null,
  });
  if (!data || data.isActive) return null;
  return (
    <Card title={data.plan.name} aside={<Standing status={data.status} />}>
      <Facts facts={[[words.ended, day(data.endDate)]]} />
    </Card>
  );
}
