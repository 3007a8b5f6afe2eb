import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, resultOf, type Subscription } from '../../api/client.ts';
import { plansQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge, Card, Facts } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { CancelOrResume } from './cancel-or-resume.tsx';
import { ChangePlan } from './change-plan.tsx';
import { ConsentNotice } from './consent-notice.tsx';
import { subscriptionWords } from './my-page-words.ts';
import { PastDueNotice } from './past-due-notice.tsx';
import { renewalWords } from './renewal-words.ts';
import { SubscriptionBadge } from './subscription-badge.tsx';

export function MySubscription({ subscription }: { subscription: Subscription }) {
  const words = useWords(subscriptionWords);
  const { day } = useFormat();
  const { data: plans } = useQuery(plansQuery);
  const [isOpen, setOpen] = useState(false);
  const { plan, endDate, cancelAtPeriodEnd, status } = subscription;
  return (
    <Card
      title={plan.name}
      aside={cancelAtPeriodEnd ? <Badge tone="warn">{words.canceled}</Badge> : <SubscriptionBadge status={status} />}
    >
      <SubscriptionFacts subscription={subscription} />
      {status === 'PAST_DUE' && <PastDueNotice subscription={subscription} />}
      <ConsentNotice subscription={subscription} />
      {cancelAtPeriodEnd && (
        <p className="notice" data-tone="warn">
          {words.endsOn(day(endDate))}
        </p>
      )}
      <ScheduledChange subscription={subscription} />
      <div className="row">
        <Button onPress={() => setOpen(true)}>{words.change}</Button>
        <CancelOrResume subscription={subscription} />
      </div>
      <Dialog title={words.change} isOpen={isOpen} onClose={() => setOpen(false)}>
        <ChangePlan subscription={subscription} plans={plans ?? []} onDone={() => setOpen(false)} />
      </Dialog>
    </Card>
  );
}

function SubscriptionFacts({ subscription }: { subscription: Subscription }) {
  const words = useWords(subscriptionWords);
  const renewal = useWords(renewalWords);
  const { months } = useWords(common);
  const { won, day } = useFormat();
  const { plan, startDate, endDate, cancelAtPeriodEnd, status, nextChargeAt } = subscription;
  const isPastDue = status === 'PAST_DUE';
  return (
    <Facts
      facts={[
        [words.price, plan.price !== null && `${won(plan.price)} / ${months(plan.durationMonths ?? 1)}`],
        [words.since, day(startDate)],
        [words.accessUntil, words.untilDay(day(endDate))],
        [
          isPastDue ? renewal.nextRetry : renewal.nextCharge,
          nextChargeAt ? day(nextChargeAt) : !cancelAtPeriodEnd && !isPastDue && renewal.noRenewal,
        ],
      ]}
    />
  );
}

/** The plan that the subscription changes to, and the button that withdraws the change. */
function ScheduledChange({ subscription: { id, plan, nextPlanId, endDate } }: { subscription: Subscription }) {
  const words = useWords(subscriptionWords);
  const { day } = useFormat();
  const { data: plans } = useQuery(plansQuery);
  const queries = useQueryClient();
  const withdrawing = useMutation({
    mutationFn: () =>
      resultOf(api.POST('/v1/subscriptions/{id}/change', { params: { path: { id } }, body: { planId: plan.id } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['subscription'] }),
  });
  const nextPlan = nextPlanId === null ? undefined : plans?.find((each) => each.id === nextPlanId);
  return (
    <>
      {nextPlan && (
        <div className="notice">
          <p>{words.nextPlan(nextPlan.name, day(endDate))}</p>
          <div>
            <Button small onPress={() => withdrawing.mutate()} isPending={withdrawing.isPending}>
              {words.withdrawChange}
            </Button>
          </div>
        </div>
      )}
      {withdrawing.error && <Failure error={withdrawing.error} />}
    </>
  );
}
