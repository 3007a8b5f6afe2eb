import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Renewal } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { renewals } from './renewals-words.ts';

/** Lets one go on whose periods fell due together: one period, with a second press. */
export function Release({ renewal: { subscriptionId, userId } }: { renewal: Renewal }) {
  const words = useWords(renewals);
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const releasing = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/v1/operations/renewals/{subscriptionId}/release', { params: { path: { subscriptionId } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['renewals'] });
      setAsked(false);
    },
  });
  return (
    <>
      <Button small aria-label={words.releaseOf(userId)} onPress={() => setAsked(true)}>
        {words.release}
      </Button>
      <Dialog title={words.releaseOf(userId)} isOpen={asked} onClose={() => setAsked(false)} alert>
        <p>{words.releaseHint}</p>
        {releasing.error && <Failure error={releasing.error} />}
        <div className="row">
          <Button kind="danger" onPress={() => releasing.mutate()} isPending={releasing.isPending}>
            {words.releaseYes}
          </Button>
          <Button onPress={() => setAsked(false)}>{words.keep}</Button>
        </div>
      </Dialog>
    </>
  );
}
