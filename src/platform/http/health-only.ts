import type { FastifyInstance } from 'fastify';
import { Problem } from '../problem.ts';

const PATHS = /^\/(health\/(live|ready)|metrics)(\?|$)/;

/** A worker answers its health checks and metrics, and refuses everything else. */
export function serveHealthOnly(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) =>
    done(PATHS.test(request.url) ? undefined : new Problem('NOT_FOUND')),
  );
}
