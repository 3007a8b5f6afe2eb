import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForAnyone } from '../auth/index.ts';
import { Problem } from '../platform/problem.ts';
import { tossConfig } from '../config-namespaces.ts';
import { sdkUrl } from './sdk-url.ts';
import { type WebFile, WebFiles } from './web-files.ts';

/** Paths of the pages. Each answers the same index.html, whose script shows the page. Other paths are the API's. */
const PAGES = ['/', 'order-approval', 'order-success', 'order-fail', 'me', 'console', 'console/*'];

/** The checkout, the buyer's page and the operator console. Redirects end here by default. */
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
      // Windows of card companies, which Toss opens, need their opener; windows that open us do not.
      'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
      // Our URLs contain order ids, which are enough to complete a redirect.
      'Referrer-Policy': 'strict-origin-when-cross-origin',
    });
    return send(request, reply, this.files.index);
  }

  /** Names contain a hash of the content. */
  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const file = this.files.asset(name);
    if (!file) throw new Problem('NOT_FOUND');
    reply.header('Cache-Control', 'public, max-age=31536000, immutable');
    return send(request, reply, file);
  }

  private policy(request: FastifyRequest): string {
    const { origin } = sdkUrl(this.config, request);
    // Toss's script loads from further hosts of Toss, which are not documented.
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
