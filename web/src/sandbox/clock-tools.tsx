import { api, resultOf } from '../api/client.ts';
import { Button } from '../ui/button.tsx';
import { useWords } from '../words/dictionary.ts';
import { sandboxWords } from './sandbox-words.ts';
import type { SandboxAction } from './use-sandbox-action.ts';

export function ClockTools({ action }: { action: SandboxAction }) {
  const words = useWords(sandboxWords);
  const move = (body: { advance: string } | { reset: true }) => () =>
    action.run(() => resultOf(api.POST('/v1/sandbox/clock', { body })));
  return (
    <fieldset>
      <legend>{words.clock}</legend>
      <div className="row">
        <Button small isPending={action.isRunning} onPress={move({ advance: 'P1D' })}>
          {words.day}
        </Button>
        <Button small isPending={action.isRunning} onPress={move({ advance: 'P1M' })}>
          {words.month}
        </Button>
        <Button small isPending={action.isRunning} onPress={move({ reset: true })}>
          {words.reset}
        </Button>
      </div>
    </fieldset>
  );
}
