import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { problemSchema } from '../common/answers.ts';
import { PROBLEMS } from '../common/problem.ts';

const INTRODUCTION = `
구독 결제 API. Amounts are whole won, times are ISO 8601 in UTC. Errors are \`application/problem+json\` (RFC 9457); \`detail\` is
Korean, English with \`Accept-Language: en\`. Lists are newest first: \`limit\`, \`cursor\`, \`{data, nextCursor}\`.

## Errors
| code | status | 한국어 | English |
|---|---|---|---|
${Object.entries(PROBLEMS).map(([code, { status, ko, en }]) => `| <a id="${code}"></a>\`${code}\` | ${status} | ${ko} | ${en} |`).join('\n')}
`;

/** The API's description, from the very schemas that requests are checked against. OpenAPI 3.1. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gudok')
    .setVersion('1')
    .setDescription(INTRODUCTION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, options, { standardSchemaConverter: fromZod });
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, ...(jsonSchema(problemSchema, 'output').components as object) };
  return document;
}

function fromZod(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  return jsonSchema(schema, schemaType);
}

/** Schemas that have an id (`meta`) become components. */
function jsonSchema(zodSchema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, $defs, ...schema } = z.toJSONSchema(zodSchema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return { schema, ...($defs && { components: $defs }) };
}
