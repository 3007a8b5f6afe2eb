import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

export const ROLES = ['customer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The authenticated user of a request, from its token. */
export interface Caller {
  userId: string;
  role: Role;
}

/** 1 to 64 characters, in a form that the database can hold. */
export function isUserId(value: unknown): value is string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 64) return false;
  return value.isWellFormed() && !value.includes('\0');
}

/** Operators see all users' resources, customers only their own. An admin is an operator with more rights. */
export const isOperator = (caller: Caller): boolean => caller.role !== 'customer';

/** The user to whom a read is restricted; undefined when the caller may see all users' resources. */
export const onlyOwn = (caller: Caller): string | undefined => (isOperator(caller) ? undefined : caller.userId);

export const AUDIENCE = 'gudok:audience';
export type Audience = 'anyone' | Role;

/** The endpoint needs no token. */
export const ForAnyone = () =>
  applyDecorators(SetMetadata(AUDIENCE, 'anyone' satisfies Audience), ApiExtension('x-public', true));
/** The endpoint is closed to customers. */
export const ForOperators = () => SetMetadata(AUDIENCE, 'operator' satisfies Audience);
/** The endpoint is closed to all but admins. */
export const ForAdmins = () => SetMetadata(AUDIENCE, 'admin' satisfies Audience);

export interface RequestWithCaller {
  caller?: Caller;
  headers: Record<string, string | string[] | undefined>;
}

/** The caller, in a controller's parameters. Only for endpoints that need a token. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  return context.switchToHttp().getRequest<RequestWithCaller>().caller!;
});
