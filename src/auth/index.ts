/**
 * Owns: authentication of the caller, and the role that an endpoint requires.
 * Does not own: who owns a row; each query checks that.
 * Always true: an endpoint without a declared audience requires a token.
 */
export { AuthModule } from './auth.module.ts';
export { type Caller, CurrentCaller, ForAdmins, ForAnyone, ForOperators } from './caller.ts';
export { isOperator, isUserId, onlyOwn, ROLES, type Role } from './caller.ts';
export { Tokens } from './tokens.ts';
