import { isUtf8 } from 'node:buffer';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { type BodyRouteConfig } from './body-as-sent.ts';
import { Problem } from '../problem.ts';

/** Deeper than any real body. Code that walks a body may recurse. */
const MAX_DEPTH = 64;

/** Only JSON in UTF-8 is parsed: Fastify answers 415 for a type without a parser. */
export function acceptJsonOnly(app: NestFastifyApplication, adapter: FastifyAdapter, bodyLimit: number): void {
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain');
  const parse = fastify.getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit }, (request, body: Buffer, done) => {
    if (!saysUtf8(request.headers['content-type'])) return done(new Problem('UNSUPPORTED_MEDIA_TYPE'), undefined);
    // A POST without a body may have the header.
    if (body.length === 0) return done(null, undefined);
    const { bodyAsSent } = (request as unknown as FastifyRequest).routeOptions.config as BodyRouteConfig;
    if (!bodyAsSent && !isUtf8(body)) return done(new Problem('MALFORMED_REQUEST'), undefined);
    void parse(request as never, String(body), (error: Error | null, json: unknown) => {
      const fault = error ?? (bodyAsSent ? undefined : faultIn(json));
      done(fault ?? null, fault ? undefined : json);
    });
  });
}

function saysUtf8(contentType = ''): boolean {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType) ?? [];
  return /^utf-?8$/i.test(charset);
}

interface Node {
  value: unknown;
  name: string;
  parent: Node | null;
  depth: number;
}

/** Finds text that PostgreSQL cannot store (a NUL, an unpaired surrogate) and excessive nesting. */
function faultIn(json: unknown): Problem | undefined {
  const waiting: Node[] = [{ value: json, name: '', parent: null, depth: 0 }];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.depth > MAX_DEPTH) return new Problem('MALFORMED_REQUEST');
    if (typeof node.value === 'string' && !isStorable(node.value)) return badText(node);
    if (typeof node.value !== 'object' || node.value === null) continue;
    for (const [name, value] of Object.entries(node.value)) {
      if (!isStorable(name)) return badText(node);
      waiting.push({ value, name, parent: node, depth: node.depth + 1 });
    }
  }
  return undefined;
}

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');

function badText(node: Node): Problem {
  const names: string[] = [];
  for (let at = node; at.parent; at = at.parent) names.unshift(at.name);
  const message = 'must be well-formed Unicode without NUL';
  return new Problem('VALIDATION_FAILED', { errors: [{ path: names.join('.'), message }] });
}
