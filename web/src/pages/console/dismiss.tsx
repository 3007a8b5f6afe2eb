import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type WebhookEvent } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { news } from './news-words.ts';

/** Ends a webhook that failed, or still waits, without processing it. */
export function Dismiss({ event }: { event: WebhookEvent }) {
  const words = useWords(news);
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button small aria-label={words.dismissOf(event.type)} onPress={() => setAsked(true)}>
        {words.dismiss}
      </Button>
      <Dialog title={words.dismissTitle} isOpen={isAsked} onClose={() => setAsked(false)} alert>
        <DismissForm id={event.id} onDone={() => setAsked(false)} />
      </Dialog>
    </>
  );
}

function DismissForm({ id, onDone }: { id: string; onDone: () => void }) {
  const words = useWords(news);
  const { close } = useWords(common);
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const dismissing = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/v1/webhook-events/{id}/dismiss', { params: { path: { id } }, body: { reason } })),
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries();
    },
  });
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    dismissing.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label={words.dismissReason}
        hint={words.dismissReasonHint}
        value={reason}
        onChange={setReason}
        isRequired
        maxLength={500}
      />
      {dismissing.error && <Failure error={dismissing.error} />}
      <div className="row">
        <Button kind="primary" type="submit" isPending={dismissing.isPending}>
          {words.dismiss}
        </Button>
        <Button onPress={onDone}>{close}</Button>
      </div>
    </form>
  );
}
