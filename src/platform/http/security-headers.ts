import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../../config.ts';

/** The policy that Swagger UI at /docs needs. Our own pages set a policy of their own. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  // Swagger UI writes styles into its elements.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * Security headers on every answer; a controller may override them. Answers in JSON are about money and people, and no
 * cache keeps them. HTTPS is demanded outside the sandbox only: a browser would remember it for `localhost`.
 */
export async function sendSecurityHeaders(app: NestFastifyApplication, { sandbox }: Settings): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    strictTransportSecurity: sandbox ? false : { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request, reply, _payload, done) => {
      const isJson = /^application\/(problem\+)?json\b/.test(String(reply.getHeader('content-type')));
      if (isJson && !reply.hasHeader('cache-control')) reply.header('Cache-Control', 'no-store');
      done();
    });
}
