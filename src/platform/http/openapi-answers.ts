import type { OpenAPIObject } from '@nestjs/swagger';
import { problemAnswer } from './answers.ts';
import { PROBLEMS, type ProblemCode } from '../problem.ts';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Errors that the server may answer to any request, before an operation runs. */
const OF_THE_SERVER: ProblemCode[] = ['HEADERS_TOO_LARGE', 'HOST_NOT_SERVED', 'ORIGIN_NOT_ALLOWED'];

/** Marks an operation without authentication; see {@link ForAnyone}. */
const PUBLIC = 'x-public';

/**
 * Adds to each operation the errors that every operation of its kind can answer, so that no controller repeats them:
 * errors of its path, body and token, a defect, and an outage of the database.
 */
export function completeAnswers(document: OpenAPIObject): void {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods) as Operation[]) complete(path, operation);
  }
}

function complete(path: string, operation: Operation): void {
  const parameters = (operation.parameters ?? []) as { in: string; required?: boolean }[];
  // Headers have no schema, and all of them are optional.
  for (const parameter of parameters) if (parameter.in === 'header') parameter.required = false;
  const isPublic = PUBLIC in operation;
  if (isPublic) operation.security = [];
  delete (operation as unknown as Record<string, unknown>)[PUBLIC];
  // A browser that Toss redirects always ends on a page.
  if (operation.responses['303']) return;
  const codes: ProblemCode[] = [];
  if (parameters.some((parameter) => parameter.in !== 'header')) codes.push('VALIDATION_FAILED');
  if (parameters.some((parameter) => parameter.in === 'path')) codes.push('MALFORMED_REQUEST', 'NOT_FOUND');
  if (operation.requestBody)
    codes.push(
      'VALIDATION_FAILED',
      'MALFORMED_REQUEST',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'REQUEST_TIMEOUT',
    );
  if (!isPublic) codes.push('UNAUTHENTICATED', 'AUTHENTICATION_UNAVAILABLE');
  if (path.startsWith('/v1/')) codes.push('INTERNAL_ERROR', 'DATABASE_UNAVAILABLE');
  for (const code of new Set(codes)) add(operation, code);
  operation.responses['default'] = problemAnswer(
    `Any other problem: see \`code\`. Of the server itself: ${OF_THE_SERVER.map((code) => `\`${code}\``).join(', ')}`,
  );
}

function add({ responses }: Operation, code: ProblemCode): void {
  const { status } = PROBLEMS[code];
  const known = responses[status] as { description?: string } | undefined;
  // The operation already describes its 404.
  if (known && code === 'NOT_FOUND') return;
  const described = known?.description;
  if (described?.includes(`\`${code}\``)) return;
  responses[status] = { ...problemAnswer([described, `\`${code}\``].filter(Boolean).join(', ')) };
}
