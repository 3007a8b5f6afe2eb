/**
 * Owns: cards on file, and the secrets with which Toss charges them.
 * Does not own: when a card is charged (renewals), nor what became of a charge (payments).
 * Always true: a key is written down before Toss is asked for it, and is never shown, logged or kept in the clear. A card is
 * not removed while a charge with it is under way, unless the buyer has stopped that charge.
 */
export { cardView, viewCard } from './payment-method.view.ts';
export { BillingKeysModule } from './payment-methods.module.ts';
export { BillingKeysService } from './payment-methods.service.ts';
export { CardsOnFile, placeOfCard } from './cards-on-file.ts';
