import { z } from 'zod';

/** Toss's rules for what its window gives us (docs: reference, issue a billing key). */
export const registration = z.object({
  authKey: z.string().regex(/^[\x21-\x7e]{1,300}$/, '1 to 300 visible ASCII characters'),
  customerKey: z.string().regex(/^[A-Za-z0-9_=.@-]{2,50}$/, "not a customer key of Toss's form"),
});
