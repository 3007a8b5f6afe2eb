import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { api, resultOf } from '../api/client.ts';
import { Failure } from '../ui/states.tsx';
import { useWords } from '../words/dictionary.ts';
import { useFormat } from '../words/format.ts';
import { ClockTools } from './clock-tools.tsx';
import { FaultTools } from './fault-tools.tsx';
import { FlowSelect } from './flow-select.tsx';
import './sandbox-bar.css';
import { sandboxWords } from './sandbox-words.ts';
import { useSandboxAction } from './use-sandbox-action.ts';

const WAITING_POLL_MS = 1_000;
const IDLE_POLL_MS = 10_000;
const CLOCK_POLL_MS = 30_000;

/** For developers, in the sandbox only: moves the clock and makes the next payment fail. */
export default function SandboxBar() {
  const words = useWords(sandboxWords);
  const { time } = useFormat();
  const clock = useQuery({
    queryKey: ['sandbox', 'clock'],
    queryFn: () => resultOf(api.GET('/v1/sandbox/clock')),
    refetchInterval: CLOCK_POLL_MS,
  });
  const faults = useQuery({
    queryKey: ['sandbox', 'faults'],
    queryFn: () => resultOf(api.GET('/v1/sandbox/faults')),
    refetchInterval: ({ state }) => (state.data?.data.length ? WAITING_POLL_MS : IDLE_POLL_MS),
    retry: false,
  });
  const waiting = faults.data?.data ?? [];
  const action = useSandboxAction();
  return (
    <aside className="sandbox" aria-label={words.title}>
      <Collapsible
        summary={
          <>
            {words.title} {clock.data && <span>· {time(clock.data.now)}</span>}
            {waiting.length > 0 && <span> · {words.waiting(waiting.length)}</span>}
          </>
        }
      >
        <div className="tools" aria-busy={action.isRunning}>
          <ClockTools action={action} />
          <FaultTools action={action} waiting={waiting} />
          <FlowSelect />
        </div>
        {action.error && <Failure error={action.error} />}
      </Collapsible>
    </aside>
  );
}

const OPEN = 'gudok.sandbox.open';

/** Starts collapsed on a phone, where it would cover the page. */
function Collapsible({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  const [isOpen, setOpen] = useState(
    () => (sessionStorage.getItem(OPEN) ?? String(matchMedia('(min-width: 60rem)').matches)) === 'true',
  );
  useEffect(() => sessionStorage.setItem(OPEN, String(isOpen)), [isOpen]);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
