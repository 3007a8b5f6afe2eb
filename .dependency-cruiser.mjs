/**
 * Who may import whom. This table is the architecture: a folder may use itself and what stands in its row, and of another
 * folder only what its index offers.
 */
const MAY_USE = {
  common: ['config'],
  db: ['common', 'config'],
  toss: ['common', 'config'],
  jobs: ['common', 'db'],
  auth: ['common', 'config'],
  audit: ['common', 'db', 'auth'],
  outbox: ['common', 'config', 'db', 'auth', 'audit'],
  idempotency: ['common', 'config', 'db', 'auth'],
  plans: ['common', 'db', 'auth', 'audit'],
  customers: ['common', 'db'],
  'temp-orders': ['common', 'config', 'db', 'auth', 'idempotency', 'customers', 'plans', 'subscriptions'],
  'billing-keys': ['common', 'config', 'db', 'toss', 'jobs', 'auth', 'outbox', 'customers'],
  subscriptions: ['common', 'config', 'db', 'auth', 'audit', 'outbox', 'plans'],
  events: ['common', 'db', 'auth'],
  payments: ['common', 'config', 'db', 'jobs', 'toss', 'auth', 'audit', 'outbox', 'plans', 'billing-keys', 'subscriptions', 'events'],
  refunds: ['common', 'config', 'db', 'toss', 'auth', 'audit', 'outbox', 'idempotency', 'subscriptions', 'events', 'payments'],
  renewals: ['common', 'config', 'db', 'jobs', 'auth', 'audit', 'outbox', 'idempotency', 'customers', 'plans', 'billing-keys', 'subscriptions', 'payments'],
  news: ['common', 'toss', 'payments', 'refunds'],
  webhooks: ['common', 'db', 'jobs', 'auth', 'audit', 'billing-keys', 'news'],
  reconciliation: ['common', 'db', 'toss', 'auth', 'audit', 'news'],
  operations: ['common', 'config', 'db', 'jobs', 'auth', 'audit', 'outbox', 'idempotency', 'temp-orders', 'subscriptions', 'payments', 'refunds', 'renewals', 'webhooks', 'reconciliation'],
  sandbox: ['common', 'config', 'db', 'auth', 'operations'],
  problems: ['common', 'config', 'auth'],
  web: ['common', 'config', 'auth'],
};

const folder = (name) => (name === 'config' ? '^src/config\\.ts$' : `^src/${name}/`);

const rows = Object.entries(MAY_USE).map(([name, others]) => ({
  name: `${name} uses only what its row allows`,
  severity: 'error',
  from: { path: folder(name), pathNot: '\\.test\\.ts$' },
  to: { path: '^(src|simulator|test|bench)/', pathNot: [name, ...others].map(folder) },
}));

export default {
  forbidden: [
    ...rows,
    {
      name: 'through the front door',
      comment: 'Another module is used through its index only. common is a set of single files; auth/caller is what its decorators read.',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/common/', '^src/auth/caller\\.ts$'] },
    },
    { name: 'no cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'the simulator stands alone', severity: 'error', from: { path: '^simulator/' }, to: { path: '^(src|test|bench)/' } },
    { name: 'the program does not know the simulator', severity: 'error', from: { path: '^src/' }, to: { path: '^(simulator|test|bench)/' } },
    {
      name: 'the pages know the API, not the program',
      comment: 'Its description, as types, stands in dist/api.d.ts.',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^(src|simulator|test|bench)/' },
    },
    { name: 'a page knows no other page', severity: 'error', from: { path: '^web/src/pages/([^/]+)/' }, to: { path: '^web/src/(pages|sandbox|app)/', pathNot: '^web/src/pages/$1/' } },
    { name: 'what pages are made of knows no page', severity: 'error', from: { path: '^web/src/(ui|words|api|session)/' }, to: { path: '^web/src/(pages|sandbox|app)/' } },
    { name: 'nothing undeclared', severity: 'error', from: { path: '^(src|simulator)/', pathNot: '\\.test\\.ts$' }, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'unknown'] } },
  ],
  options: {
    exclude: 'src/db/generated/internal',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
