import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Failure } from '../../../ui/states.tsx';
import { common } from '../../../words/common.ts';
import { useWords } from '../../../words/dictionary.ts';
import { differenceWords } from './reconciliation-words.ts';

export function ResolveDifference({ id, onDone }: { id: string; onDone: () => void }) {
  const words = useWords(differenceWords);
  const { close } = useWords(common);
  const queries = useQueryClient();
  const [how, setHow] = useState('');
  const [reason, setReason] = useState('');
  const resolving = useMutation({
    mutationFn: () =>
      resultOf(
        api.POST('/v1/operations/reconciliations/differences/{id}/resolve', {
          params: { path: { id } },
          body: { how, reason },
        }),
      ),
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    resolving.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field label={words.how} hint={words.howHint} value={how} onChange={setHow} isRequired maxLength={60} />
      <Field label={words.reason} value={reason} onChange={setReason} isRequired maxLength={500} />
      {resolving.error && <Failure error={resolving.error} />}
      <div className="row">
        <Button kind="primary" type="submit" isPending={resolving.isPending}>
          {words.save}
        </Button>
        <Button onPress={onDone}>{close}</Button>
      </div>
    </form>
  );
}
