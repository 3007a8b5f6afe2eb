import { isUtf8 } from 'node:buffer';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { type BodyRouteConfig } from './body-as-sent.ts';
import { Problem } from '../problem.ts';

/** Deeper than any body of ours or of Toss's; what walks a body may then recurse. */
const MAX_DEPTH = 64;

/** Bodies are JSON in UTF-8, and nothing else is parsed: Fastify answers 415 for a type that has no parser. */
export function acceptJsonOnly(app: NestFastifyApplication, adapter: FastifyAdapter, bodyLimit: number): void {
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain');
  const parse = fastify.getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit }, (request, body: Buffer, done) => {
    if (!saysUtf8(request.headers['content-type'])) return done(new Problem('UNSUPPORTED_MEDIA_TYPE'), undefined);
    // A POST that needs no body may come with the header all the same.
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

/** Text that PostgreSQL cannot hold (a NUL, half of a surrogate pair), or nesting that no request of ours has. */
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
