/**
 * Owns: under which random name Toss knows a user, and the row that is locked before money is begun for them.
 * Does not own: who the user is (auth), nor the charge that the row names (payments, renewals).
 * Always true: neither a user id nor an e-mail address leaves the house.
 */
export { BalanceRepository, type BalanceReason, type NewBalanceEntry } from './balance.repository.ts';
export { ChargingRepository } from './charging.repository.ts';
export { CustomersModule } from './customers.module.ts';
export { CustomersService } from './customers.service.ts';
