/**
 * Owns: what a buyer is about to pay (가주문), fixed before the payment window opens, with an expiry.
 * Does not own: what it costs (pricing), nor its payment.
 * Always true: an order ends with its payment; the amount is the server's.
 */
export { TempOrderRepository } from './temp-order.repository.ts';
export { TempOrderViewer, tempOrderView, type TempOrderWithCustomer } from './temp-order.view.ts';
export { TempOrdersModule } from './temp-orders.module.ts';
export { TempOrdersService } from './temp-orders.service.ts';
