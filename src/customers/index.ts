/**
 * Owns: under which random name Toss knows a user.
 * Does not own: who the user is (auth).
 * Always true: neither a user id nor an e-mail address leaves the house.
 */
export { CustomersModule } from './customers.module.ts';
export { CustomersService } from './customers.service.ts';
