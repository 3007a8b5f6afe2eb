/**
 * Registers, chooses and removes cards on file, and moves the subscription that renews from them in the same
 * transaction. A card is not removed while a charge with it is under way, unless the buyer has stopped that charge.
 */
export { RemoveCard } from './remove-card.ts';
export { ReplaceCardModule } from './replace-card.module.ts';
