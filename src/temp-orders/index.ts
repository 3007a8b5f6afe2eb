/**
 * Owns: 가주문, what a buyer is about to pay.
 * Does not own: the payment; a temp order is read by the claim and ends with the settle.
 * Always true: the amount was set by us, an order being paid is not thrown away, and what it uses of the balance is reserved
 * for it until it is paid, withdrawn or expired.
 */
export { TempOrdersModule } from './temp-orders.module.ts';
export { TempOrdersService } from './temp-orders.service.ts';
