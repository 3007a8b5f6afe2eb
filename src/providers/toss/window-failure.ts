import { z } from 'zod';

/**
 * What Toss adds to a fail URL when it redirects the browser (docs: SDK, failUrl). Anyone may type it: what does not
 * fit is not refused, and not believed.
 */
export const windowFailure = z.object({
  code: z
    .string()
    .regex(/^\w{1,100}$/)
    .default('UNKNOWN')
    .catch('UNKNOWN')
    .describe("Toss's code: PAY_PROCESS_CANCELED, REJECT_CARD_COMPANY, ..."),
  message: z
    .string()
    .max(600)
    .transform((text) => text.replaceAll('\0', ''))
    .default('')
    .catch(''),
});
