import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export interface SandboxAction {
  isRunning: boolean;
  error: Error | null;
  /** Runs one request, and fetches everything on the page again: the sandbox may have changed any of it. */
  run: (request: () => Promise<unknown>) => void;
}

export function useSandboxAction(): SandboxAction {
  const queries = useQueryClient();
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const run = (request: () => Promise<unknown>) => {
    setRunning(true);
    setError(null);
    request()
      .catch(setError)
      .finally(() => void queries.invalidateQueries().finally(() => setRunning(false)));
  };
  return { isRunning, error, run };
}
