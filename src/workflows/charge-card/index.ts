/**
 * Owns: charging a card on file once the attempt is committed.
 * Does not own: deciding that it is charged (subscribe, renew).
 */
export { ChargeCard } from './charge-card.ts';
export { ChargeCardModule } from './charge-card.module.ts';
