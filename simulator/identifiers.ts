import { randomFillSync } from 'node:crypto';
import { keyStamp } from './clock.ts';

/** The merchant id; five characters of it begin every payment key. */
export const MERCHANT_ID = 'tgen_simul';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const FIVE_CHARACTERS = 62 ** 5;
/** Odd and no multiple of 31, so stepping by it visits every five-character tail before one comes back. */
const STRIDE = 387_420_491;

const pool = Buffer.alloc(8192);
let used = pool.length;

/** Random bytes are drawn in blocks: one system call per key would be a fifth of what a confirm costs. */
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
 * The tail counts instead of being drawn: 100,000 payments made in one second would otherwise meet a double.
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

/** `ps_` and 28 characters: what a webhook is checked against. */
export const newSecret = (): string => `ps_${randomText(28, ALPHANUMERIC)}`;

/** `whtrans_a01` and 24 characters (docs: webhook headers). */
export const newTransmissionId = (): string => `whtrans_a01${randomText(24, CROCKFORD)}`;

/** A billing key: 43 characters and `=`, as in the docs' example, so that a caller who does not percent-encode finds out. */
export const newBillingKey = (): string => `${randomText(43, `${ALPHANUMERIC}-_`)}=`;

export const newAuthKey = (): string => `bln_${randomText(24, ALPHANUMERIC)}`;

/** Sandbox account numbers begin with X (captured bodies). */
export const newAccountNumber = (): string => `X${randomText(13, '0123456789')}`;

export const newTraceId = (): string => randomText(32, '0123456789abcdef');
