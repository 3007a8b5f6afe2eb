import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, resultOf, type RenewalSwitch } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Field } from '../../../ui/field.tsx';
import { Failure } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { switchWords } from './renewal-words.ts';

/** Shows whether renewals run, and pauses or resumes all of them after a confirmation. */
export function RenewalSwitchCard({ state }: { state: RenewalSwitch }) {
  const words = useWords(switchWords);
  const { time } = useFormat();
  const [isOpen, setOpen] = useState(false);
  const { paused, pausedAt, pausedBy, reason } = state;
  return (
    <div className="notice" data-tone={paused ? 'bad' : 'good'}>
      <div className="row apart">
        <div role="status">
          <p>
            <strong>{paused ? words.paused : words.running}</strong>
          </p>
          <p className="small">
            {paused ? `${words.pausedBy(pausedBy ?? '', time(pausedAt))} · ${reason ?? ''}` : words.runningHint}
          </p>
        </div>
        <Button onPress={() => setOpen(true)}>{paused ? words.resume : words.pause}</Button>
      </div>
      <Dialog
        title={paused ? words.resumeTitle : words.pauseTitle}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        alert
      >
        <PauseOrResumeForm paused={paused} onDone={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

function PauseOrResumeForm({ paused, onDone }: { paused: boolean; onDone: () => void }) {
  const words = useWords(switchWords);
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const changing = useMutation({
    mutationFn: () =>
      resultOf(
        paused
          ? api.POST('/v1/operations/renewals/resume')
          : api.POST('/v1/operations/renewals/pause', { body: { reason } }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['renewals'] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!changing.isPending) changing.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>{paused ? words.resumeHint : words.pauseHint}</p>
      {!paused && <Field label={words.reason} value={reason} onChange={setReason} isRequired maxLength={500} />}
      {changing.error && <Failure error={changing.error} />}
      <div className="row">
        <Button kind={paused ? 'primary' : 'danger'} type="submit" isPending={changing.isPending}>
          {paused ? words.resumeYes : words.pauseYes}
        </Button>
        <Button onPress={onDone}>{words.keep}</Button>
      </div>
    </form>
  );
}
