import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Renewal, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Failure } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { releaseWords } from './renewal-words.ts';

/** Charges one period of a renewal on hold, after a confirmation. */
export function ReleaseRenewal({ renewal: { subscriptionId, userId } }: { renewal: Renewal }) {
  const words = useWords(releaseWords);
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const releasing = useMutation({
    mutationFn: () =>
      resultOf(api.POST('/v1/operations/renewals/{subscriptionId}/release', { params: { path: { subscriptionId } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['renewals'] });
      setOpen(false);
    },
  });
  return (
    <>
      <Button small aria-label={words.releaseOf(userId)} onPress={() => setOpen(true)}>
        {words.release}
      </Button>
      <Dialog title={words.releaseOf(userId)} isOpen={isOpen} onClose={() => setOpen(false)} alert>
        <p>{words.hint}</p>
        {releasing.error && <Failure error={releasing.error} />}
        <div className="row">
          <Button kind="danger" onPress={() => releasing.mutate()} isPending={releasing.isPending}>
            {words.yes}
          </Button>
          <Button onPress={() => setOpen(false)}>{words.keep}</Button>
        </div>
      </Dialog>
    </>
  );
}
