import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Subscription } from '../../api/client.ts';
import { plansQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge, Card, Facts } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { renewal as renewalWords } from './card-words.ts';
import { ChangePlan } from './change-plan.tsx';
import { ConsentNeeded, PastDue, Standing } from './renewal.tsx';
import { me } from './words.ts';

export function MySubscription({ subscription }: { subscription: Subscription }) {
  const words = useWords(me);
  const renewal = useWords(renewalWords);
  const { months } = useWords(common);
  const { won, day } = useFormat();
  const { data: plans } = useQuery(plansQuery);
  const [changing, setChanging] = useState(false);
  const { id, plan, endDate, cancelAtPeriodEnd, nextPlanId, status, nextChargeAt } = subscription;
  const next = nextPlanId === null ? null : plans?.find((each) => each.id === nextPlanId);
  const queries = useQueryClient();
  const withdrawing = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/v1/subscriptions/{id}/change', { params: { path: { id } }, body: { planId: plan.id } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['subscription'] }),
  });

  return (
    <Card
      title={plan.name}
      aside={cancelAtPeriodEnd ? <Badge tone="warn">{words.canceled}</Badge> : <Standing status={status} />}
    >
      <Facts
        facts={[
          [words.price, plan.price !== null && `${won(plan.price)} / ${months(plan.durationMonths ?? 1)}`],
          [words.since, day(subscription.startDate)],
          [words.until, words.untilDay(day(endDate))],
          [
            status === 'PAST_DUE' ? renewal.nextTry : renewal.nextCharge,
            nextChargeAt ? day(nextChargeAt) : !cancelAtPeriodEnd && status !== 'PAST_DUE' && renewal.noCharge,
          ],
        ]}
      />
      {status === 'PAST_DUE' && <PastDue subscription={subscription} />}
      <ConsentNeeded subscription={subscription} />
      {cancelAtPeriodEnd && (
        <p className="notice" data-tone="warn">
          {words.endsOn(day(endDate))}
        </p>
      )}
      {next && (
        <div className="notice">
          <p>{words.next(next.name, day(endDate))}</p>
          <div>
            <Button small onPress={() => withdrawing.mutate()} isPending={withdrawing.isPending}>
              {words.withdraw}
            </Button>
          </div>
        </div>
      )}
      {withdrawing.error && <Failure error={withdrawing.error} />}
      <div className="row">
        <Button onPress={() => setChanging(true)}>{words.change}</Button>
        <CancelOrResume subscription={subscription} />
      </div>
      <Dialog title={words.change} isOpen={changing} onClose={() => setChanging(false)}>
        <ChangePlan subscription={subscription} plans={plans ?? []} onDone={() => setChanging(false)} />
      </Dialog>
    </Card>
  );
}

function CancelOrResume({ subscription: { id, endDate, cancelAtPeriodEnd } }: { subscription: Subscription }) {
  const words = useWords(me);
  const { day } = useFormat();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const params = { path: { id } };
  const changing = useMutation({
    mutationFn: (cancel: boolean) =>
      answerOf(
        cancel
          ? api.POST('/v1/subscriptions/{id}/cancel', { params: { ...params } })
          : api.POST('/v1/subscriptions/{id}/resume', { params: { ...params } }),
      ),
    onSuccess: async () => {
      setAsked(false);
      await queries.invalidateQueries({ queryKey: ['subscription'] });
    },
  });
  if (cancelAtPeriodEnd) {
    return (
      <>
        <Button onPress={() => changing.mutate(false)} isPending={changing.isPending}>
          {words.resume}
        </Button>
        {changing.error && <Failure error={changing.error} />}
      </>
    );
  }
  return (
    <>
      <Button kind="quiet" onPress={() => setAsked(true)}>
        {words.cancel}
      </Button>
      <Dialog title={words.cancelTitle} isOpen={asked} onClose={() => setAsked(false)} alert>
        <p>{words.cancelHint(day(endDate))}</p>
        {changing.error && <Failure error={changing.error} />}
        <div className="row">
          <Button kind="danger" onPress={() => changing.mutate(true)} isPending={changing.isPending}>
            {words.cancelYes}
          </Button>
          <Button onPress={() => setAsked(false)}>{words.keep}</Button>
        </div>
      </Dialog>
    </>
  );
}
