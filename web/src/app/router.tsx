import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { Failure, Nowhere } from '../ui/states.tsx';
import { common } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';
import { Layout } from './layout.tsx';

type Search = Record<string, unknown>;
/** A parameter as it was written: an order id of digits alone is still no number. */
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

const desk = createRoute({
  getParentRoute: () => root,
  path: '/console',
  component: lazyRouteComponent(() => import('../pages/console/console-layout.tsx'), 'ConsoleLayout'),
});
const consolePages = [
  createRoute({
    getParentRoute: () => desk,
    path: '/',
    validateSearch: (search: Search): { q?: string; status?: string } => ({
      q: text(search, 'q'),
      status: text(search, 'status'),
    }),
    component: lazyRouteComponent(() => import('../pages/console/find-page.tsx'), 'FindPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/payments/$orderId',
    component: lazyRouteComponent(() => import('../pages/console/story-page.tsx'), 'StoryPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/work',
    component: lazyRouteComponent(() => import('../pages/console/work-page.tsx'), 'WorkPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/renewals',
    component: lazyRouteComponent(() => import('../pages/console/renewals-page.tsx'), 'RenewalsPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('../pages/console/webhooks-page.tsx'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/messages',
    component: lazyRouteComponent(() => import('../pages/console/messages-page.tsx'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/books',
    component: lazyRouteComponent(() => import('../pages/console/books-page.tsx'), 'BooksPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/figures',
    component: lazyRouteComponent(() => import('../pages/console/figures-page.tsx'), 'FiguresPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/audit',
    component: lazyRouteComponent(() => import('../pages/console/audit-page.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/plans',
    component: lazyRouteComponent(() => import('../pages/console/plans-page.tsx'), 'PlansPage'),
  }),
  createRoute({
    getParentRoute: () => desk,
    path: '/jobs',
    component: lazyRouteComponent(() => import('../pages/console/jobs-page.tsx'), 'JobsPage'),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([shop, approval, success, fail, me, desk.addChildren(consolePages)]),
  defaultErrorComponent: Broken,
  scrollRestoration: false,
  // As they came: no quotes around what looks like a number, so that an address is read alike by us and by Toss.
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
  return <Nowhere>{words.notFound}</Nowhere>;
}

function Broken({ error }: ErrorComponentProps) {
  const words = useWords(common);
  return (
    <div className="stack">
      <h1>{words.crashed}</h1>
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={() => location.reload()} />
    </div>
  );
}
