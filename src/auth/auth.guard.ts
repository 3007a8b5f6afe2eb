import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../platform/problem.ts';
import { AUDIENCE, type Audience, type RequestWithCaller, ROLES } from './caller.ts';
import { Tokens } from './tokens.ts';

/** Closed by default: an endpoint without a declared audience requires a token. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const audience =
      this.reflector.getAllAndOverride<Audience | undefined>(AUDIENCE, [context.getHandler(), context.getClass()]) ??
      'customer';
    if (audience === 'anyone') return true;
    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    const header = request.headers['authorization'];
    request.caller = await this.tokens.callerOf(Array.isArray(header) ? header[0] : header);
    if (ROLES.indexOf(request.caller.role) < ROLES.indexOf(audience)) throw new Problem('FORBIDDEN');
    return true;
  }
}
