import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.ts';
import { createLog } from './platform/logging/log.ts';
import { metrics } from './platform/metrics.ts';
import { requestContext, requestIdOf } from './platform/logging/request-context.ts';
import { serveHealthOnly } from './platform/http/health-only.ts';
import { checkHost, checkOrigin } from './platform/http/host.ts';
import { acceptJsonOnly } from './platform/http/json-body.ts';
import { sendSecurityHeaders } from './platform/http/security-headers.ts';
import { ProblemFilter } from './platform/http/problem.filter.ts';
import { MAX_CONNECTIONS, serverOptions } from './platform/http/server-options.ts';
import { validation } from './platform/http/validation.pipe.ts';
import type { Settings } from './config.ts';
import { describeApi } from './platform/http/openapi.ts';

const MAX_BODY_BYTES = 64 * 1024;
const EXPOSED_HEADERS = ['X-Request-Id', 'Idempotent-Replayed', 'Retry-After', 'WWW-Authenticate'];

/**
 * The program as an HTTP server, not yet listening. The database and the simulator run, and `settings` has their URLs.
 */
export async function createApp(settings: Settings): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    ...serverOptions(settings),
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: settings.trustProxy,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 300 },
  });
  const logger = createLog(settings.logLevel);
  const options = { logger, rawBody: true, bodyParser: false };
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(settings), adapter, options);
  // First, so that errors from the hooks below have these headers too.
  await sendSecurityHeaders(app, settings);
  app.useGlobalPipes(validation);
  app.useGlobalFilters(new ProblemFilter());
  if (settings.webOrigins.length > 0) {
    const methods = ['GET', 'POST', 'PATCH', 'DELETE'];
    app.enableCors({ origin: settings.webOrigins, methods, exposedHeaders: EXPOSED_HEADERS, maxAge: 600 });
  }
  acceptJsonOnly(app, adapter, MAX_BODY_BYTES);
  onEveryRequest(adapter.getInstance());
  checkHost(adapter.getInstance(), settings);
  if (settings.role === 'worker') serveHealthOnly(adapter.getInstance());
  if (settings.sandbox) checkOrigin(app, settings);
  limitConnections(adapter.getInstance().server);
  if (!settings.sandbox && settings.publicUrl === null) {
    new Logger('http').warn('PUBLIC_URL unset: successUrl, failUrl and redirects follow the Host of the request');
  }
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Gudok API',
  });
  return app;
}

/** Past the limit, a new connection is closed at once. */
function limitConnections(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS;
  server.on('drop', () => metrics.droppedConnections.inc());
}

/** Gives each request an id, for its log lines and its response, and logs one line when it ends. */
function onEveryRequest(fastify: FastifyInstance): void {
  const log = new Logger('http');
  fastify.addHook('onRequest', (request, reply, done) => {
    const requestId = requestIdOf(request.headers);
    reply.header('X-Request-Id', requestId);
    requestContext.run({ requestId }, done);
  });
  // Otherwise a connection that is used while the process stops keeps it alive for 72 seconds.
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('Connection', 'close');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0];
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    if (!path?.startsWith('/health'))
      log.log({ message: 'request', method: request.method, path, status: reply.statusCode, ms });
    done();
  });
}
