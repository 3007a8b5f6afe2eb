import type { INestApplication } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { problemSchema } from './answers.ts';
import { type Language, problemsByStatus, sentenceOf } from '../problem.ts';
import { refundsConfig } from '../../config-namespaces.ts';
import { completeAnswers } from './openapi-answers.ts';

const introduction = ({ refundWindowDays }: ConfigType<typeof refundsConfig>) => `
구독 결제 API. Amounts are whole won, times are ISO 8601 in UTC. Errors are \`application/problem+json\` (RFC 9457);
\`detail\` (and \`message\`, which repeats it) is Korean, English with \`Accept-Language: en\`; \`type\` is the path of
a page that explains the error. Lists are newest first: \`limit\`, \`cursor\`, \`{data, nextCursor}\`.

<details><summary>Error codes</summary>

| code | status | 한국어 | English |
|---|---|---|---|
${problemsByStatus()
  .map(([code, { status }]) => {
    const sentence = (language: Language) => sentenceOf(code, language, { refundWindowDays });
    return `| [\`${code}\`](/problems/${code}) | ${status} | ${sentence('ko')} | ${sentence('en')} |`;
  })
  .join('\n')}

</details>
`;

/** In the order of a first reading. */
const TAGS = [
  'Plans',
  'TempOrders',
  'Payments',
  'Subscriptions',
  'BillingKeys',
  'Refunds',
  'Events',
  'Checkout',
  'Webhooks',
  'Messages',
  'Operations',
  'Health',
  'Sandbox',
];

/** The API's description, from the very schemas that requests are checked against. OpenAPI 3.1. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = app.get<ConfigType<typeof refundsConfig>>(refundsConfig.KEY, { strict: false });
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gudok')
    .setVersion('1')
    .setDescription(introduction(config))
    .addServer('/', 'the server of this description')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer');
  for (const tag of TAGS) builder.addTag(tag);
  const document = SwaggerModule.createDocument(app, builder.build(), { standardSchemaConverter: fromZod });
  document.components ??= {};
  document.components.schemas = {
    ...document.components.schemas,
    ...(jsonSchema(problemSchema, 'output').components as object),
  };
  completeAnswers(document);
  return document;
}

function fromZod(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  return jsonSchema(schema, schemaType);
}

/** Schemas that have an id (`meta`) become components. */
function jsonSchema(zodSchema: z.ZodType, io: 'input' | 'output') {
  const {
    $schema: _,
    $defs,
    ...schema
  } = z.toJSONSchema(zodSchema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return { schema, ...($defs && { components: $defs }) };
}
