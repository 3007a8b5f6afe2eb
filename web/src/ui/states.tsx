import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client.ts';
import { useWords } from '../words/dictionary.ts';
import { common } from '../words/common.ts';
import { Button } from './button.tsx';

export function Loading({ what }: { what?: string }) {
  const words = useWords(common);
  return (
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      {what ?? words.loading}
    </p>
  );
}

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** For an address without a page behind it. */
export function NotFoundMessage({ children }: { children: string }) {
  const words = useWords(common);
  return (
    <div className="stack">
      <h1>{children}</h1>
      <p>
        <a href="/">{words.home}</a>
      </p>
    </div>
  );
}

/** The problem in the API's words, with the request id that support needs. `text` is for errors of other sources. */
export function Failure({ error, text, retry }: { error: Error; text?: string; retry?: () => void }) {
  const words = useWords(common);
  const problem = error instanceof ApiProblem ? error.problem : null;
  return (
    <div className="notice" data-tone="bad" role="alert">
      <p>{problem?.toss?.message ?? problem?.detail ?? text ?? words.unreachable}</p>
      {problem?.errors?.map(({ path, message }) => (
        <p key={path + message} className="small">
          <code>{path}</code> {message}
        </p>
      ))}
      {problem && (
        <p className="small soft">
          <code>{problem.toss?.code ?? problem.code}</code> · {words.requestId} <code>{problem.requestId}</code>
        </p>
      )}
      {retry && (
        <div>
          <Button small onPress={retry}>
            {words.retry}
          </Button>
        </div>
      )}
    </div>
  );
}

interface Query<T> {
  data: T | undefined;
  error: Error | null;
  isPending: boolean;
  refetch: () => unknown;
}

/** Loading, failed and loaded, for every query. Data that was loaded stays visible when a later request fails. */
export function Loaded<T>({ query, children }: { query: Query<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Loading />;
}
