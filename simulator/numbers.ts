import { z } from 'zod';

/**
 * A number of 0 or more, or its decimal string: Toss's own samples send `amount` as it stands in the query of
 * successUrl (confirm), and a captured request has `validHours: "1"` (virtual account). Strings for cancel and billing
 * are inferred.
 */
export const numeric = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .pipe(z.number().min(0));

/** A positive amount of money. */
export const amount = numeric.pipe(z.number().positive());
