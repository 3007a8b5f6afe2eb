import { writeFileSync } from 'node:fs';
import { readSettings } from './config.ts';
import { createApp } from './app.ts';
import { describeApi } from './platform/http/openapi.ts';

// Writes the API's description for the build of the pages: `node write-openapi.js FILE`. Nothing is started and nothing asked.
const [, , file] = process.argv;
if (!file) throw new Error('where to?');
const app = await createApp({
  ...readSettings(),
  databaseUrl: 'postgres://nobody@localhost:1/none',
  tossApiUrl: 'http://localhost:1',
  logLevel: 'error',
});
writeFileSync(file, JSON.stringify(describeApi(app)));
process.exit(0);
