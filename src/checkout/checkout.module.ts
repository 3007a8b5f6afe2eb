import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Inject, Module, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForAnyone } from '../auth/index.ts';
import { projectRoot } from '../common/project-root.ts';
import { SETTINGS, type Settings } from '../config.ts';

const TOSS_SDK_ORIGIN = 'https://js.tosspayments.com';

/** One plain page to try it all: order, pay in the window, see the subscription. Also where the redirects end unless told otherwise. */
@ApiExcludeController()
@ForAnyone()
@Controller()
export class CheckoutController {
  private readonly page = readFileSync(join(projectRoot, 'web', 'checkout.html'), 'utf8');

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  @Get(['/', '/order-success', '/order-fail'])
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const sdk = this.sdkOrigin(request);
    const policy = `default-src 'self'; script-src 'self' 'unsafe-inline' ${sdk}; style-src 'self' 'unsafe-inline'; frame-src ${sdk}; connect-src 'self' ${sdk}; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'`;
    const page = this.page.replaceAll('{{sdk}}', `${sdk}/v2/standard`).replaceAll('{{sandbox}}', String(this.settings.sandbox));
    return reply.header('Content-Type', 'text/html; charset=utf-8').header('Content-Security-Policy', policy).send(page);
  }

  /** The simulator stands in for Toss's script; a browser on another machine reaches it under the name that it reached us by. */
  private sdkOrigin(request: FastifyRequest): string {
    if (this.settings.simulatorUrl === null) return TOSS_SDK_ORIGIN;
    const simulator = new URL(this.settings.simulatorUrl);
    simulator.hostname = request.hostname;
    return simulator.origin;
  }
}

@Module({ controllers: [CheckoutController] })
export class CheckoutModule {}
