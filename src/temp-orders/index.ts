/**
 * Owns: what a buyer is about to pay (가주문), fixed before the payment window opens: a draft invoice with an expiry.
 * Does not own: what it costs (pricing), the draft's rows (invoices), nor its payment.
 * Always true: a temp order ends with its payment, its row stays; the amount is the server's.
 */
export { TempOrderViewer, tempOrderView, type TempOrder } from './temp-order.view.ts';
export { TempOrdersModule } from './temp-orders.module.ts';
export { TempOrdersService } from './temp-orders.service.ts';
