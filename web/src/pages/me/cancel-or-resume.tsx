import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, resultOf, type Subscription } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { subscriptionWords } from './my-page-words.ts';

/** Cancels the subscription after a confirmation, or resumes a cancelled one. */
export function CancelOrResume({ subscription: { id, endDate, cancelAtPeriodEnd } }: { subscription: Subscription }) {
  const words = useWords(subscriptionWords);
  const { day } = useFormat();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const params = { path: { id } };
  const changing = useMutation({
    mutationFn: (action: 'cancel' | 'resume') =>
      resultOf(
        action === 'cancel'
          ? api.POST('/v1/subscriptions/{id}/cancel', { params })
          : api.POST('/v1/subscriptions/{id}/resume', { params }),
      ),
    onSuccess: async () => {
      setOpen(false);
      await queries.invalidateQueries({ queryKey: ['subscription'] });
    },
  });
  if (cancelAtPeriodEnd) {
    return (
      <>
        <Button onPress={() => changing.mutate('resume')} isPending={changing.isPending}>
          {words.resume}
        </Button>
        {changing.error && <Failure error={changing.error} />}
      </>
    );
  }
  return (
    <>
      <Button kind="quiet" onPress={() => setOpen(true)}>
        {words.cancel}
      </Button>
      <Dialog title={words.cancelTitle} isOpen={isOpen} onClose={() => setOpen(false)} alert>
        <p>{words.cancelHint(day(endDate))}</p>
        {changing.error && <Failure error={changing.error} />}
        <div className="row">
          <Button kind="danger" onPress={() => changing.mutate('cancel')} isPending={changing.isPending}>
            {words.cancelYes}
          </Button>
          <Button onPress={() => setOpen(false)}>{words.keep}</Button>
        </div>
      </Dialog>
    </>
  );
}
