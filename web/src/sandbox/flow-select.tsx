import { useState } from 'react';
import { chooseFlow, chosenFlow, type ConfirmationFlow } from '../pages/checkout/confirmation-flow.ts';
import { useWords } from '../words/dictionary.ts';
import { sandboxWords } from './sandbox-words.ts';

/** Who confirms the next payment. */
export function FlowSelect() {
  const words = useWords(sandboxWords);
  const [flow, setFlow] = useState(chosenFlow);
  return (
    <fieldset>
      <legend id="sandbox-flow">{words.flow}</legend>
      <select
        className="input"
        aria-labelledby="sandbox-flow"
        value={flow}
        onChange={(event) => {
          const chosen = event.target.value as ConfirmationFlow;
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
