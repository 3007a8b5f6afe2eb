import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForAnyone } from '../auth/index.ts';
import { Problem } from '../platform/problem.ts';
import { tossConfig } from '../config-namespaces.ts';
import { sdkUrl } from './sdk-url.ts';
import { type WebFile, WebFiles } from './web-files.ts';

/** The names of the pages; each answers the one index.html, whose script then shows the page. Anything else is the API's. */
const PAGES = ['/', 'order-approval', 'order-success', 'order-fail', 'me', 'console', 'console/*'];

/** The checkout, the buyer's page and the operator console. Also where the redirects end unless told otherwise. */
@ApiExcludeController()
@ForAnyone()
@Controller()
export class PagesController {
  constructor(
    private readonly files: WebFiles,
    @Inject(tossConfig.KEY) private readonly config: ConfigType<typeof tossConfig>,
  ) {}

  @Get(PAGES)
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    reply.headers({
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': this.policy(request),
      // Card companies' windows that Toss opens keep their way back to us; nobody else gets a hold on our window.
      'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
      // Order ids stand in our addresses, and whoever holds one may end its redirect.
      'Referrer-Policy': 'strict-origin-when-cross-origin',
    });
    return send(request, reply, this.files.index);
  }

  /** The build writes a hash of the content into each name. */
  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const file = this.files.asset(name);
    if (!file) throw new Problem('NOT_FOUND');
    reply.header('Cache-Control', 'public, max-age=31536000, immutable');
    return send(request, reply, file);
  }

  private policy(request: FastifyRequest): string {
    const { origin } = sdkUrl(this.config, request);
    // What Toss's script draws comes from other hosts of Toss's; which, its documents do not say.
    const provider = this.config.simulatorUrl === null ? 'https://*.tosspayments.com' : origin;
    return [
      "default-src 'none'",
      `script-src 'self' ${origin}`,
      "style-src 'self'",
      "font-src 'self'",
      `img-src 'self' data: ${provider}`,
      `connect-src 'self' ${provider}`,
      `frame-src ${provider}`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; ');
  }
}

function send(request: FastifyRequest, reply: FastifyReply, { type, bodies }: WebFile) {
  const accepted = (request.headers['accept-encoding'] ?? '').split(',').map((part) => part.split(';', 1)[0]!.trim());
  const encoding = (['br', 'gzip'] as const).find((name) => bodies[name] && accepted.includes(name));
  if (encoding) reply.header('Content-Encoding', encoding);
  return reply.headers({ 'Content-Type': type, Vary: 'Accept-Encoding' }).send(bodies[encoding ?? 'identity']);
}
