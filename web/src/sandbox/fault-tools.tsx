import { api, resultOf } from '../api/client.ts';
import { Button } from '../ui/button.tsx';
import { useWords } from '../words/dictionary.ts';
import { sandboxWords } from './sandbox-words.ts';
import type { SandboxAction } from './use-sandbox-action.ts';

/**
 * The faults of the simulator behind each button. The confirm is retried at once, so its response is lost twice. The
 * next reads fail too: otherwise the payment would be recovered before anyone sees that its outcome was unknown.
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

const NAMES = Object.keys(FAULTS) as (keyof typeof FAULTS)[];

interface Fault {
  on: string;
  kind: string;
  left: number;
}

export function FaultTools({ action, waiting }: { action: SandboxAction; waiting: Fault[] }) {
  const words = useWords(sandboxWords);
  const add = (name: keyof typeof FAULTS) => () =>
    action.run(() => Promise.all(FAULTS[name].map((body) => resultOf(api.POST('/v1/sandbox/faults', { body })))));
  const clear = () => action.run(() => resultOf(api.DELETE('/v1/sandbox/faults')));
  return (
    <fieldset>
      <legend>{words.faults}</legend>
      <div className="row">
        {NAMES.map((name) => (
          <Button key={name} small isPending={action.isRunning} onPress={add(name)}>
            {words[name]}
          </Button>
        ))}
        {waiting.length > 0 && (
          <Button small isPending={action.isRunning} onPress={clear}>
            {words.clear}
          </Button>
        )}
      </div>
      <p className="small" role="status">
        {waiting.map(({ on, kind, left }) => `${on}: ${kind} ×${left}`).join(', ')}
      </p>
    </fieldset>
  );
}
