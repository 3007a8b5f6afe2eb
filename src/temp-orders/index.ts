/**
 * Owns: the API of draft invoices: what a buyer is about to pay (가주문), fixed before the payment window opens.
 * Does not own: any table (the draft is a row of invoices), what it costs (pricing), nor its payment.
 * Always true: a temp order ends when it is paid, withdrawn or expired; a declined payment leaves it. Its row stays.
 * The server sets its amount.
 */
export { TempOrderViewer, tempOrderView, type TempOrder } from './temp-order.view.ts';
export { TempOrdersModule } from './temp-orders.module.ts';
export { TempOrdersService } from './temp-orders.service.ts';
