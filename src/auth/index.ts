/**
 * Owns: who is calling, and which role an endpoint asks for.
 * Does not own: whose a row is; ownership stands inside each query.
 * Always true: an endpoint that says nothing about its audience needs a token.
 */
export { AuthModule } from './auth.module.ts';
export { type Caller, CurrentCaller, ForAdmins, ForAnyone, ForOperators } from './caller.ts';
export { isOperator, isUserId, onlyOwn, ROLES, type Role } from './caller.ts';
export { Tokens } from './tokens.ts';
