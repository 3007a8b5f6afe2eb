import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { v7 as uuid } from 'uuid';
import { AppModule } from '../app.module.ts';
import { createLog } from '../common/log.ts';
import { ProblemFilter } from './problem.filter.ts';
import { requestContext } from '../common/request-context.ts';
import { validation } from './validation.pipe.ts';
import type { Settings } from '../config.ts';
import { describeApi } from './openapi.ts';

const BODY_AT_MOST = 64 * 1024;

/** The program as an HTTP server, not yet listening. Databases and simulator are up by now, and in `settings`. */
export async function createApp(settings: Settings): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: BODY_AT_MOST, trustProxy: settings.trustProxy, exposeHeadRoutes: true, routerOptions: { maxParamLength: 300 } });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(settings), adapter, { logger: createLog(settings.logLevel), rawBody: true });
  app.useGlobalPipes(validation);
  app.useGlobalFilters(new ProblemFilter());
  if (settings.webOrigins.length > 0) {
    app.enableCors({ origin: settings.webOrigins, methods: ['GET', 'POST', 'PATCH', 'DELETE'], exposedHeaders: ['X-Request-Id', 'Idempotent-Replayed'], maxAge: 600 });
  }
  // A POST that needs no body may come with the header all the same.
  const parse = adapter.getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit: BODY_AT_MOST }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request as never, String(body), done);
  });
  onEveryRequest(adapter.getInstance());
  SwaggerModule.setup('docs', app, () => describeApi(app), { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml', customSiteTitle: 'Gudok API' });
  return app;
}

/** A name for each request, on all its lines and in its answer; and one line when it is over. */
function onEveryRequest(fastify: FastifyInstance): void {
  const log = new Logger('http');
  fastify.addHook('onRequest', (request, reply, done) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : uuid();
    reply.header('X-Request-Id', requestId);
    requestContext.run({ requestId }, done);
  });
  // A connection whose request is answered while we stop would otherwise be kept alive, and us with it, for 72 seconds.
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
    if (!path?.startsWith('/health')) log.log({ message: 'request', method: request.method, path, status: reply.statusCode, ms });
    done();
  });
}
