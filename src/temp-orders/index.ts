/**
 * Owns: 가주문, what a buyer is about to pay.
 * Does not own: the payment; a temp order is read by the claim and ends with the settle.
 * Always true: the amount was set by us, and an order being paid is not thrown away.
 */
export { TempOrdersModule } from './temp-orders.module.ts';
export { TempOrdersService } from './temp-orders.service.ts';
