import type { Subscription } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { RegistrationFailure, useRegisterCard } from './register-card.tsx';
import { renewalWords } from './renewal-words.ts';

/** The card was declined: when it is retried, how long the subscription stays usable, and what the buyer can do. */
export function PastDueNotice({ subscription: { graceUntil, nextChargeAt } }: { subscription: Subscription }) {
  const words = useWords(renewalWords);
  const { day } = useFormat();
  const registering = useRegisterCard();
  return (
    <div className="notice" data-tone="bad">
      <p>
        <strong>{words.pastDue}</strong>
      </p>
      <p>{words.pastDueAction}</p>
      {nextChargeAt && <p className="small">{words.retryOn(day(nextChargeAt))}</p>}
      {graceUntil && <p className="small">{words.graceUntil(day(graceUntil))}</p>}
      {registering.error && <RegistrationFailure error={registering.error} />}
      <div>
        <Button kind="primary" onPress={() => registering.mutate()} isPending={registering.isPending}>
          {words.registerOther}
        </Button>
      </div>
    </div>
  );
}
