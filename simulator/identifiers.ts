import { randomFillSync } from 'node:crypto';
import { keyStamp } from './clock.ts';

/** The merchant id. Every payment key begins with its first five characters. */
export const MERCHANT_ID = 'tgen_simul';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const FIVE_CHARACTERS = 62 ** 5;
/** Odd and not a multiple of 31: steps of this size reach every five-character tail before one repeats. */
const STRIDE = 387_420_491;

const pool = Buffer.alloc(8192);
let used = pool.length;

/** Draws random bytes in blocks: one system call per key would take a fifth of the time of a confirm. */
function randomText(length: number, alphabet: string): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = '';
  for (let i = 0; i < length; i += 1) text += alphabet[(pool[used++] ?? 0) % alphabet.length];
  return text;
}

let tail = Math.floor(Math.random() * FIVE_CHARACTERS);

/**
 * `tgen_20250528204823hWav3`: merchant, second, five characters (the form in captured bodies).
 * The tail is counted, not random: otherwise 100,000 payments in one second would contain a duplicate.
 */
export function newPaymentKey(now: number): string {
  tail = (tail + STRIDE) % FIVE_CHARACTERS;
  let rest = tail;
  let text = '';
  for (let i = 0; i < 5; i += 1) {
    text += ALPHANUMERIC[rest % 62];
    rest = Math.floor(rest / 62);
  }
  return MERCHANT_ID.slice(0, 5) + keyStamp(now) + text;
}

/** `txrd_a01` and 24 characters, 32 in all: the newer form in captured bodies. */
export const newTransactionKey = (): string => `txrd_a01${randomText(24, CROCKFORD)}`;

/** `ps_` and 28 characters: the secret that a webhook is verified with. */
export const newSecret = (): string => `ps_${randomText(28, ALPHANUMERIC)}`;

/** `whtrans_a01` and 24 characters (docs: webhook headers). */
export const newTransmissionId = (): string => `whtrans_a01${randomText(24, CROCKFORD)}`;

/** A billing key: 43 characters and `=`, as in the docs. A caller that does not percent-encode it fails. */
export const newBillingKey = (): string => `${randomText(43, `${ALPHANUMERIC}-_`)}=`;

export const newAuthKey = (): string => `bln_${randomText(24, ALPHANUMERIC)}`;

/** Sandbox account numbers begin with X (captured bodies). */
export const newAccountNumber = (): string => `X${randomText(13, '0123456789')}`;

export const newTraceId = (): string => randomText(32, '0123456789abcdef');
