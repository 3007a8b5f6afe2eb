import { z } from 'zod';

/** Toss's rules for what its redirect hands us (docs: reference, confirm). */
export const orderId = z.string().regex(/^[A-Za-z0-9_=-]{6,64}$/, "not an order id of Toss's form");
export const paymentKey = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters');
/** Whole won: a number, or its decimal string, as in the query of Toss's redirect and in Toss's own samples. */
export const wholeWon = z.union([
  z.int(),
  z
    .string()
    .regex(/^(0|[1-9]\d{0,9})$/, 'whole won')
    .transform(Number),
]);
/** What the provider took. */
export const amount = wholeWon.pipe(z.int().min(1).max(2_147_483_647));
