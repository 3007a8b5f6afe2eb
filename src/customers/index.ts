/**
 * Owns: under which random name the provider knows a user, the row that is locked before money is taken from them, and
 * what they are owed besides their payments (the balance). Does not own: who the user is (auth), nor the charge that
 * the row names (payments). Always true: neither a user id nor an e-mail address is sent to the provider. A balance is
 * the sum of its entries, which are never changed.
 */
export { BalanceRepository } from './balance.repository.ts';
export { ChargingRepository } from './charging.repository.ts';
export { CustomersModule } from './customers.module.ts';
export { CustomersService } from './customers.service.ts';
