import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { Failure, NotFoundMessage } from '../ui/states.tsx';
import { common } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';
import { Layout } from './layout.tsx';

type Search = Record<string, unknown>;
/** A parameter as text: an order id that has only digits stays a string. */
const text = (search: Search, name: string): string | undefined =>
  search[name] === undefined || search[name] === '' ? undefined : String(search[name]);

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });

const shop = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: (search: Search): { order?: string } => ({ order: text(search, 'order') }),
  component: lazyRouteComponent(() => import('../pages/checkout/shop-page.tsx'), 'ShopPage'),
});
const approval = createRoute({
  getParentRoute: () => root,
  path: '/order-approval',
  validateSearch: (search: Search): { orderId?: string; paymentKey?: string; amount?: string } => ({
    orderId: text(search, 'orderId'),
    paymentKey: text(search, 'paymentKey'),
    amount: text(search, 'amount'),
  }),
  component: lazyRouteComponent(() => import('../pages/checkout/approval-page.tsx'), 'ApprovalPage'),
});
const success = createRoute({
  getParentRoute: () => root,
  path: '/order-success',
  validateSearch: (search: Search): { orderId?: string } => ({ orderId: text(search, 'orderId') }),
  component: lazyRouteComponent(() => import('../pages/checkout/success-page.tsx'), 'SuccessPage'),
});
const fail = createRoute({
  getParentRoute: () => root,
  path: '/order-fail',
  validateSearch: (search: Search): { orderId?: string; code?: string; tossCode?: string } => ({
    orderId: text(search, 'orderId'),
    code: text(search, 'code'),
    tossCode: text(search, 'tossCode'),
  }),
  component: lazyRouteComponent(() => import('../pages/checkout/fail-page.tsx'), 'FailPage'),
});
const me = createRoute({
  getParentRoute: () => root,
  path: '/me',
  validateSearch: (search: Search): { status?: string; code?: string; tossCode?: string } => ({
    status: text(search, 'status'),
    code: text(search, 'code'),
    tossCode: text(search, 'tossCode'),
  }),
  component: lazyRouteComponent(() => import('../pages/me/me-page.tsx'), 'MePage'),
});

const consoleRoute = createRoute({
  getParentRoute: () => root,
  path: '/console',
  component: lazyRouteComponent(() => import('../pages/console/console-layout.tsx'), 'ConsoleLayout'),
});
const consolePages = [
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/',
    validateSearch: (search: Search): { q?: string; status?: string } => ({
      q: text(search, 'q'),
      status: text(search, 'status'),
    }),
    component: lazyRouteComponent(() => import('../pages/console/search/search-page.tsx'), 'SearchPage'),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/payments/$orderId',
    component: lazyRouteComponent(
      () => import('../pages/console/payment-history/payment-history-page.tsx'),
      'PaymentHistoryPage',
    ),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/work',
    component: lazyRouteComponent(() => import('../pages/console/work-queue/work-queue-page.tsx'), 'WorkQueuePage'),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/renewals',
    component: lazyRouteComponent(() => import('../pages/console/renewals/renewals-page.tsx'), 'RenewalsPage'),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('../pages/console/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/messages',
    component: lazyRouteComponent(
      () => import('../pages/console/outgoing-events/outgoing-events-page.tsx'),
      'OutgoingEventsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/books',
    component: lazyRouteComponent(
      () => import('../pages/console/reconciliation/reconciliation-page.tsx'),
      'ReconciliationPage',
    ),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/figures',
    component: lazyRouteComponent(() => import('../pages/console/analytics/analytics-page.tsx'), 'AnalyticsPage'),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/audit',
    component: lazyRouteComponent(() => import('../pages/console/audit/audit-page.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/plans',
    component: lazyRouteComponent(() => import('../pages/console/plans/plans-page.tsx'), 'PlansPage'),
  }),
  createRoute({
    getParentRoute: () => consoleRoute,
    path: '/jobs',
    component: lazyRouteComponent(() => import('../pages/console/jobs/jobs-page.tsx'), 'JobsPage'),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([shop, approval, success, fail, me, consoleRoute.addChildren(consolePages)]),
  defaultErrorComponent: ErrorPage,
  scrollRestoration: false,
  // Plain query strings without quotes around numbers, as Toss and the API write them.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const query = new URLSearchParams(
      Object.entries(search).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ).toString();
    return query && `?${query}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  const words = useWords(common);
  return <NotFoundMessage>{words.notFound}</NotFoundMessage>;
}

function ErrorPage({ error }: ErrorComponentProps) {
  const words = useWords(common);
  return (
    <div className="stack">
      <h1>{words.crashed}</h1>
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={() => location.reload()} />
    </div>
  );
}
