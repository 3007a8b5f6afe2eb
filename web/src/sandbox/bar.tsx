import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { chooseFlow, chosenFlow, type Flow } from '../pages/checkout/flow.ts';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/states.tsx';
import { useWords } from '../words/dictionary.ts';
import { useFormat } from '../words/format.ts';
import './bar.css';
import { sandbox } from './words.ts';

/**
 * How each looks at the simulator. An answer is lost twice, because it is asked for once more at once; and for a few looks Toss
 * shows nothing, or the payment would be settled before anybody has seen that it was not.
 */
const FAULTS = {
  decline: [{ on: 'confirm', kind: 'decline', times: 1 }],
  declineCard: [{ on: 'billing', kind: 'decline', times: 1 }],
  lost: [
    { on: 'confirm', kind: 'drop_after', times: 2 },
    { on: 'get', kind: 'error_before', times: 4 },
  ],
  duplicate: [{ on: 'webhook', kind: 'duplicate', times: 1 }],
} as const;

/** For a developer, and only in the sandbox: move the time, and have the next payment go wrong. */
export default function SandboxBar() {
  const words = useWords(sandbox);
  const { time } = useFormat();
  const queries = useQueryClient();
  const clock = useQuery({
    queryKey: ['sandbox', 'clock'],
    queryFn: () => answerOf(api.GET('/v1/sandbox/clock')),
    refetchInterval: 30_000,
  });
  const faults = useQuery({
    queryKey: ['sandbox', 'faults'],
    queryFn: () => answerOf(api.GET('/v1/sandbox/faults')),
    refetchInterval: ({ state }) => (state.data?.data.length ? 1_000 : 10_000),
    retry: false,
  });
  const waiting = faults.data?.data ?? [];
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const busy = (step: () => Promise<unknown>) => () => {
    setWorking(true);
    setError(null);
    step()
      .catch(setError)
      // The world has moved: whatever is on the page is asked for again.
      .finally(() => void queries.invalidateQueries().finally(() => setWorking(false)));
  };
  const move = (body: { advance: string } | { reset: true }) =>
    busy(() => answerOf(api.POST('/v1/sandbox/clock', { body })));
  const lay = (fault: keyof typeof FAULTS) =>
    busy(() => Promise.all(FAULTS[fault].map((body) => answerOf(api.POST('/v1/sandbox/faults', { body })))));

  return (
    <aside className="sandbox" aria-label={words.title}>
      <Folded
        summary={
          <>
            {words.title} {clock.data && <span>· {time(clock.data.now)}</span>}
            {waiting.length > 0 && <span> · {words.waiting(waiting.length)}</span>}
          </>
        }
      >
        <div className="tools" aria-busy={working}>
          <fieldset>
            <legend>{words.clock}</legend>
            <div className="row">
              <Button small isPending={working} onPress={move({ advance: 'P1D' })}>
                {words.day}
              </Button>
              <Button small isPending={working} onPress={move({ advance: 'P1M' })}>
                {words.month}
              </Button>
              <Button small isPending={working} onPress={move({ reset: true })}>
                {words.reset}
              </Button>
            </div>
          </fieldset>
          <fieldset>
            <legend>{words.next}</legend>
            <div className="row">
              <Button small isPending={working} onPress={lay('decline')}>
                {words.decline}
              </Button>
              <Button small isPending={working} onPress={lay('declineCard')}>
                {words.declineCard}
              </Button>
              <Button small isPending={working} onPress={lay('lost')}>
                {words.lost}
              </Button>
              <Button small isPending={working} onPress={lay('duplicate')}>
                {words.duplicate}
              </Button>
              {waiting.length > 0 && (
                <Button small isPending={working} onPress={busy(() => answerOf(api.DELETE('/v1/sandbox/faults')))}>
                  {words.clear}
                </Button>
              )}
            </div>
            <p className="small" role="status">
              {waiting.map(({ on, kind, left }) => `${on}: ${kind} ×${left}`).join(', ')}
            </p>
          </fieldset>
          <FlowChoice />
        </div>
        {error && <Failure error={error} />}
      </Folded>
    </aside>
  );
}

const OPEN = 'gudok.sandbox.open';

/** On a phone it starts folded: the page under it is what is being tried. */
function Folded({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(
    () => (sessionStorage.getItem(OPEN) ?? String(matchMedia('(min-width: 60rem)').matches)) === 'true',
  );
  useEffect(() => sessionStorage.setItem(OPEN, String(open)), [open]);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}

function FlowChoice() {
  const words = useWords(sandbox);
  const [flow, setFlow] = useState(chosenFlow);
  return (
    <fieldset>
      <legend id="sandbox-flow">{words.flow}</legend>
      <select
        className="input"
        aria-labelledby="sandbox-flow"
        value={flow}
        onChange={(event) => {
          const chosen = event.target.value as Flow;
          chooseFlow(chosen);
          setFlow(chosen);
        }}
      >
        <option value="auto">{words.auto}</option>
        <option value="page">{words.page}</option>
        <option value="server">{words.server}</option>
      </select>
    </fieldset>
  );
}
