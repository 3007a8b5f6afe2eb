import { writeFileSync } from 'node:fs';
import { readSettings } from './config.ts';
import { createApp } from './app.ts';
import { describeApi } from './platform/http/openapi.ts';

// Writes the API's description for the build of the pages: `node write-openapi.js FILE`. Nothing is started.
const [, , file] = process.argv;
if (!file) throw new Error('usage: write-openapi FILE');
const app = await createApp({
  ...readSettings(),
  databaseUrl: 'postgres://unused@localhost:1/unused',
  tossApiUrl: 'http://localhost:1',
  logLevel: 'error',
});
writeFileSync(file, JSON.stringify(describeApi(app)));
process.exit(0);
