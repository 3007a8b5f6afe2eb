/**
 * Who may import whom. This table is the architecture: a folder may use itself and what stands in its row, and of
 * another folder only what its index offers. Modules do not know each other; workflows know modules, and compose them
 * in one transaction.
 */
const BELOW_ALL = ['platform', 'config', 'problem-codes'];
/** What any module may build on. */
const FOUNDATIONS = [
  'providers',
  'auth',
  'audit',
  'outbox',
  'idempotency',
  'catalog',
  'customers',
  'pricing',
  'invoices',
];
const MODULES = ['temp-orders', 'payments', 'payment-methods', 'refunds', 'subscriptions', 'events'];

const MAY_USE = {
  platform: ['config', 'problem-codes'],
  providers: [],
  auth: [],
  audit: ['auth'],
  outbox: ['auth', 'audit'],
  idempotency: ['auth'],
  catalog: ['auth', 'audit'],
  customers: [],
  pricing: [],
  invoices: ['catalog', 'pricing'],
  ...Object.fromEntries(MODULES.map((name) => [name, FOUNDATIONS])),
  workflows: [...FOUNDATIONS, ...MODULES],
  webhooks: ['providers', 'auth', 'audit', 'payment-methods', 'workflows'],
  reconciliation: ['providers', 'auth', 'audit', 'workflows'],
  operations: [...FOUNDATIONS, ...MODULES, 'workflows', 'webhooks', 'reconciliation'],
  sandbox: ['auth'],
  problems: ['auth'],
  web: ['auth'],
};

/** Single files that count as folders. */
const FILES = { config: '^src/config(-namespaces)?\\.ts$', 'problem-codes': '^src/problem-codes\\.ts$' };
const folder = (name) => FILES[name] ?? `^src/${name}/`;

const rows = Object.entries(MAY_USE).map(([name, others]) => ({
  name: `${name} uses only what its row allows`,
  severity: 'error',
  from: { path: folder(name), pathNot: '\\.test\\.ts$' },
  to: { path: '^(src|simulator|test|bench)/', pathNot: [name, ...BELOW_ALL, ...others].map(folder) },
}));

export default {
  forbidden: [
    ...rows,
    {
      name: 'through the front door',
      comment: 'Another module is used through its index only. The platform is single files.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/[^/]+/',
        pathNot: [
          ...['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/workflows/[^/]+/index\\.ts$'],
          ...['^src/platform/', '^src/auth/caller\\.ts$'],
        ],
      },
    },
    { name: 'no cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'the simulator stands alone',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'the program does not know the simulator',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(simulator|test|bench)/' },
    },
    {
      name: 'the pages know the API, not the program',
      comment: 'Its description, as types, stands in dist/api.d.ts.',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^(src|simulator|test|bench)/' },
    },
    {
      name: 'a page knows no other page',
      severity: 'error',
      from: { path: '^web/src/pages/([^/]+)/' },
      to: { path: '^web/src/(pages|sandbox|app)/', pathNot: '^web/src/pages/$1/' },
    },
    {
      name: 'what pages are made of knows no page',
      severity: 'error',
      from: { path: '^web/src/(ui|words|api|session)/' },
      to: { path: '^web/src/(pages|sandbox|app)/' },
    },
    {
      name: 'nothing undeclared',
      severity: 'error',
      from: { path: '^(src|simulator)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'unknown'] },
    },
  ],
  options: {
    exclude: 'src/platform/database/generated/internal',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
