import { isIP } from 'node:net';
import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Caller, RequestWithCaller } from '../auth/caller.ts';
import { Clock } from '../platform/time/clock.ts';
import { currentRequestId } from '../platform/logging/request-context.ts';
import { Prisma, type Tx } from '../platform/database/index.ts';

/** The acting user and the address of the request. */
export interface RequestOrigin extends Caller {
  address: string;
}

export const Origin = createParamDecorator((_: unknown, context: ExecutionContext): RequestOrigin => {
  const request = context.switchToHttp().getRequest<RequestWithCaller & { ips: string[] }>();
  return { ...request.caller!, address: addressOf(request.ips) };
});

/** The farthest address that trusted proxies report; invalid entries are skipped. The first is the connection's own. */
const addressOf = (ips: string[]): string => ips.findLast((ip) => isIP(ip) !== 0 && ip.length <= 45) ?? ips[0]!;

export interface Act {
  action: string;
  orderId?: string;
  subject?: string;
  reason?: string;
  before?: object;
  after?: object;
}

/** Records the actions of operators, in the transaction of the action. */
@Injectable()
export class AuditService {
  constructor(private readonly clock: Clock) {}

  async record(tx: Tx, origin: RequestOrigin, { before, after, ...act }: Act): Promise<void> {
    await tx.auditLog.create({
      data: {
        ...act,
        before: before ?? Prisma.DbNull,
        after: after ?? Prisma.DbNull,
        actor: origin.userId,
        role: origin.role,
        address: origin.address,
        requestId: currentRequestId(),
        createdAt: this.clock.now(),
      },
    });
  }
}
