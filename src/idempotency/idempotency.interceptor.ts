import { createHash } from 'node:crypto';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
  applyDecorators,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import { catchError, from, map, type Observable, of, switchMap } from 'rxjs';
import type { RequestWithCaller } from '../auth/caller.ts';
import { Problem, type ProblemCode, PROBLEMS } from '../platform/problem.ts';
import { type Answer, IdempotencyService } from './idempotency.service.ts';
import { isKept } from './kept-answers.ts';

const OPERATION = 'gudok:idempotent-operation';

/** The endpoint honours `Idempotency-Key`: the same key and body are answered the same for 24 hours. */
export const Idempotent = (operation: string) =>
  applyDecorators(
    SetMetadata(OPERATION, operation),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'up to 255 characters; the same key and body are answered the same for 24 hours',
    }),
  );

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<RequestWithCaller & { body: unknown }>();
    const reply = http.getResponse<{
      statusCode: number;
      status(code: number): void;
      header(name: string, value: string): void;
    }>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new Problem('VALIDATION_FAILED', {
        errors: [{ path: 'Idempotency-Key', message: '1 to 255 visible ASCII characters' }],
      });
    }
    const operation = this.reflector.get<string>(OPERATION, context.getHandler());
    const owned = { userId: request.caller!.userId, operation, key };
    const { claim, earlier } = await this.idempotency.claim(owned, hashOf(request.body));
    if (earlier) {
      reply.header('Idempotent-Replayed', 'true');
      return of(replay(earlier, reply));
    }
    const keep = (answer: Answer) => from(this.idempotency.keep(claim, answer));
    return next.handle().pipe(
      catchError((error: unknown) => {
        // A final refusal is stored like an answer; after any other error the same key may be tried again.
        const refusal = error instanceof Problem && isKept(error.code) ? error : undefined;
        const done = refusal
          ? keep({ status: PROBLEMS[refusal.code].status, body: { refused: refusal.code, extras: refusal.extras } })
          : from(this.idempotency.release(claim));
        return done.pipe(
          map(() => {
            throw error;
          }),
        );
      }),
      // After the catch: when the answer cannot be stored, the work is done, and must not be repeated at once.
      switchMap((body: unknown) => keep({ status: reply.statusCode, body }).pipe(map(() => body))),
    );
  }
}

function replay({ status, body }: Answer, reply: { status(code: number): void }): unknown {
  const refusal = body as { refused?: ProblemCode; extras?: object } | null;
  if (refusal?.refused) throw new Problem(refusal.refused, refusal.extras);
  reply.status(status);
  return body;
}

/** Independent of the order of the body's fields. The parser limits the depth. */
function hashOf(body: unknown): string {
  const sorted = (_: string, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256')
    .update(JSON.stringify(body ?? null, sorted))
    .digest('hex');
}
