/** ES modules end to end: swc only strips the types, Node links the rest. Needs `--experimental-vm-modules`. */
export default {
  testMatch: ['<rootDir>/{src,simulator,test}/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          experimental: { keepImportAttributes: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  // nest-winston is CommonJS: Nest must be linked before it, or Node meets a require cycle.
  setupFiles: ['<rootDir>/test/support/setup.ts'],
  globalSetup: '<rootDir>/test/support/database-server.mjs',
  globalTeardown: '<rootDir>/test/support/stop-database-server.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
  // A worker of two cores under load takes longer than half a second to end.
  workerGracefulExitTimeout: 10_000,
};
