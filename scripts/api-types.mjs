// node scripts/api-types.mjs FROM.json TO.d.ts: writes the API's types for the pages, from its OpenAPI document.
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// openapi-typescript uses the compiler API, which TypeScript 7 no longer has.
registerHooks({ resolve: (name, context, next) => next(name === 'typescript' ? 'typescript-5' : name, context) });
const { default: openapiTS, astToString } = await import('openapi-typescript');

const [from, to] = process.argv.slice(2);
writeFileSync(
  to,
  astToString(
    await openapiTS(JSON.parse(readFileSync(from, 'utf8')), {
      defaultNonNullable: false,
      rootTypes: true,
      rootTypesNoSchemaPrefix: true,
    }),
  ),
);
