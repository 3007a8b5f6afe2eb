import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, resultOf, type WebhookEvent } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Field } from '../../../ui/field.tsx';
import { Failure } from '../../../ui/states.tsx';
import { common } from '../../../words/common.ts';
import { useWords } from '../../../words/dictionary.ts';
import { consoleWords } from '../console-words.ts';
import { webhookWords } from './webhook-words.ts';

/** Closes a failed or pending webhook without processing it. */
export function DismissWebhook({ event }: { event: WebhookEvent }) {
  const words = useWords(webhookWords);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button small aria-label={words.dismissOf(event.type)} onPress={() => setOpen(true)}>
        {words.dismiss}
      </Button>
      <Dialog title={words.dismissTitle} isOpen={isOpen} onClose={() => setOpen(false)} alert>
        <DismissForm id={event.id} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function DismissForm({ id, onDone }: { id: string; onDone: () => void }) {
  const words = useWords(webhookWords);
  const { close } = useWords(common);
  const { reason: reasonLabel } = useWords(consoleWords);
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const dismissing = useMutation({
    mutationFn: () =>
      resultOf(api.POST('/v1/webhook-events/{id}/dismiss', { params: { path: { id } }, body: { reason } })),
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    dismissing.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label={reasonLabel}
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
