import { z } from 'zod';

export const changeQuoteView = z
  .object({
    kind: z.enum(['upgrade', 'downgrade']),
    credit: z.int().describe('won'),
    charge: z.int().describe('won'),
    amountDue: z.int().describe('won'),
    effectiveAt: z.iso.datetime(),
    periodStart: z.iso.datetime(),
    periodEnd: z.iso.datetime(),
  })
  .meta({ id: 'ChangeQuote' });
