import { hostname as machineName } from 'node:os';
import { isIP } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../network/loopback.ts';
import { Problem } from '../problem.ts';
import { isHost } from './public-url.ts';
import type { Settings } from '../../config.ts';

/** Refuses a request with an invalid Host (RFC 9112, 3.2); in the sandbox also one with a foreign name. */
export function checkHost(fastify: FastifyInstance, settings: Settings): void {
  const names = settings.sandbox ? namesOf(settings) : null;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { host } = request.headers;
    if (host === undefined && request.raw.httpVersion === '1.0') return done();
    if (!isWellFormed(request)) return done(new Problem('MALFORMED_REQUEST'));
    // Both: a page that reaches this machine by DNS rebinding may add X-Forwarded-Host, and is trusted like a local
    // proxy.
    const isServed = !names || [host!, request.host].every((each) => isOurs(each, names));
    done(isServed ? undefined : new Problem('HOST_NOT_SERVED'));
  });
}

/**
 * The sandbox issues tokens without authentication and moves the clock, so pages of other sites may not write to it.
 * Pages of this machine may: they are the SPA's development server.
 */
export function checkOrigin(app: NestFastifyApplication, { webOrigins, publicUrl }: Settings): void {
  app.enableCsrfProtection({
    trustedOrigins: publicUrl === null ? webOrigins : [...webOrigins, publicUrl],
    exclude: ({ headers: { origin = '' } }: FastifyRequest) => {
      return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
    },
  });
}

function isWellFormed(request: FastifyRequest): boolean {
  const times = request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  const { host = '' } = request.headers;
  return times === 1 && isHost(host) && isHost(request.host) && /^https?$/.test(request.protocol);
}

function namesOf({ host, publicUrl }: Settings): Set<string> {
  const names = [host, machineName(), ...(publicUrl === null ? [] : [new URL(publicUrl).hostname])];
  return new Set(names.map((name) => name.toLowerCase()));
}

/** An IP address is always allowed: DNS rebinding needs a name. */
function isOurs(host: string, names: Set<string>): boolean {
  const { hostname } = new URL(`http://${host}`);
  return isLoopback(hostname) || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || names.has(hostname);
}
