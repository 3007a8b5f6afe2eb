/**
 * Owns: the pages that come with the program.
 * Does not own: anything a page shows; it asks the API like everybody else.
 * Always true: what a page can do, the API can do.
 */
export { CheckoutModule } from './checkout.module.ts';
