import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type RenewalSwitch } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { renewals } from './renewals-words.ts';

/** Whether cards are charged at all, and the switch for it; each way takes a second press. */
export function Switch({ state }: { state: RenewalSwitch }) {
  const words = useWords(renewals);
  const { time } = useFormat();
  const [asked, setAsked] = useState(false);
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
        <Button onPress={() => setAsked(true)}>{paused ? words.resume : words.pause}</Button>
      </div>
      <Dialog
        title={paused ? words.resumeTitle : words.pauseTitle}
        isOpen={asked}
        onClose={() => setAsked(false)}
        alert
      >
        <Turn paused={paused} onDone={() => setAsked(false)} />
      </Dialog>
    </div>
  );
}

function Turn({ paused, onDone }: { paused: boolean; onDone: () => void }) {
  const words = useWords(renewals);
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const turning = useMutation({
    mutationFn: () =>
      answerOf(
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
    if (!turning.isPending) turning.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>{paused ? words.resumeHint : words.pauseHint}</p>
      {!paused && <Field label={words.reason} value={reason} onChange={setReason} isRequired maxLength={500} />}
      {turning.error && <Failure error={turning.error} />}
      <div className="row">
        <Button kind={paused ? 'primary' : 'danger'} type="submit" isPending={turning.isPending}>
          {paused ? words.resumeYes : words.pauseYes}
        </Button>
        <Button onPress={onDone}>{words.keep}</Button>
      </div>
    </form>
  );
}
