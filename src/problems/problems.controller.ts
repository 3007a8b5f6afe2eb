import { Controller, Get, Headers, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { ConfigType } from '@nestjs/config';
import type { FastifyReply } from 'fastify';
import { ForAnyone } from '../auth/index.ts';
import { languageOf, Problem, type ProblemCode, PROBLEMS } from '../platform/problem.ts';
import { refundsConfig } from '../config-namespaces.ts';
import { listPage, problemPage } from './problem-page.ts';

/** Pages that explain error codes to people. */
@ApiExcludeController()
@ForAnyone()
@Controller('problems')
export class ProblemsController {
  constructor(@Inject(refundsConfig.KEY) private readonly config: ConfigType<typeof refundsConfig>) {}

  /** Lists all codes. */
  @Get()
  list(@Headers('accept-language') languages: string | undefined, @Res() reply: FastifyReply) {
    return send(reply, listPage(languageOf(languages), this.config));
  }

  /** Explains one code. */
  @Get(':code')
  one(
    @Param('code') code: string,
    @Headers('accept-language') languages: string | undefined,
    @Res() reply: FastifyReply,
  ) {
    if (!Object.hasOwn(PROBLEMS, code)) throw new Problem('NOT_FOUND');
    return send(reply, problemPage(code as ProblemCode, languageOf(languages), this.config));
  }
}

function send(reply: FastifyReply, html: string) {
  return reply
    .headers({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      'Cache-Control': 'public, max-age=300',
      Vary: 'Accept-Language',
    })
    .send(html);
}
