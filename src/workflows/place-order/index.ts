/**
 * Owns: quoting an order, and reserving what it uses of the balance.
 * Does not own: the order afterwards (temp-orders), nor paying it (confirm-payment).
 * Always true: the server sets the amount; a balance is reserved for one order at a time.
 */
export { PlaceOrderModule } from './place-order.module.ts';
