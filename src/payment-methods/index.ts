/**
 * Owns: cards on file, and the billing keys with which the provider charges them.
 * Does not own: which subscription renews from a card (workflows/replace-card), nor what became of a charge (payments).
 * Always true: a registration is committed before the provider is called for it; a billing key is never shown, logged
 * or stored in the clear.
 */
export { CardsOnFile, SEALED_BILLING_KEYS } from './cards-on-file.ts';
export { billingKeyView, cardView, viewBillingKey, viewCard } from './payment-method.view.ts';
export { PaymentMethodRepository } from './payment-method.repository.ts';
export { PaymentMethodsModule } from './payment-methods.module.ts';
export { PaymentMethodsService, type Registration } from './payment-methods.service.ts';
