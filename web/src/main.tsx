import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api/client.ts';
import { router } from './app/router.tsx';
import './ui/base.css';
import './ui/parts.css';

/** A 4xx problem is final. A server error or an unreachable server is retried. */
const retry = (failures: number, error: Error) =>
  !(error instanceof ApiProblem && error.problem.status < 500) && failures < 2;

const queries = new QueryClient({ defaultOptions: { queries: { retry, staleTime: 5_000 } } });

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
