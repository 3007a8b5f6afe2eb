import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, resultOf, type Subscription } from '../../api/client.ts';
import { planNameIn, plansQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { renewalWords } from './renewal-words.ts';

/** The version of the text that the buyer agrees to. A changed text needs a new version. */
const CONSENT_TEXT = '2026-11';

/** Asks for the consent that the next charge needs, such as the first charge after a trial. */
export function ConsentNotice({ subscription }: { subscription: Subscription }) {
  const words = useWords(renewalWords);
  const { won, day } = useFormat();
  const { data: plans } = useQuery(plansQuery);
  const { id } = subscription;
  const { data } = useQuery({
    queryKey: ['subscription', 'consents', id],
    queryFn: () => resultOf(api.GET('/v1/subscriptions/{id}/consents', { params: { path: { id } } })),
    enabled: subscription.billingKeyId !== null && !subscription.cancelAtPeriodEnd,
  });
  const needed = data?.needed;
  if (!needed) return null;
  const describe = needed.kind === 'TRIAL_TO_PAID' ? words.afterTrial : words.charge;
  return (
    <div className="notice" data-tone="warn">
      <p>
        <strong>{describe(day(needed.chargeAt), won(needed.price), planNameIn(plans, needed.planId))}</strong>
      </p>
      <p>{needed.open ? words.consentHint : words.consentFrom(day(needed.from))}</p>
      {needed.open && <ConsentButton id={id} price={needed.price} />}
    </div>
  );
}

function ConsentButton({ id, price }: { id: string; price: number }) {
  const words = useWords(renewalWords);
  const { won } = useFormat();
  const queries = useQueryClient();
  const consenting = useMutation({
    mutationFn: () =>
      resultOf(
        api.POST('/v1/subscriptions/{id}/consents', {
          params: { path: { id } },
          body: { textVersion: CONSENT_TEXT, channel: 'web', price },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['subscription'] }),
  });
  return (
    <>
      {consenting.error && <Failure error={consenting.error} />}
      <div>
        <Button kind="primary" onPress={() => consenting.mutate()} isPending={consenting.isPending}>
          {words.consent(won(price))}
        </Button>
      </div>
    </>
  );
}
