import { hkdfSync } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type CryptoKey, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { metrics } from '../platform/metrics.ts';
import { Problem } from '../platform/problem.ts';

/** Errors of a verification with fetched keys that are caused by the token alone. */
const ABOUT_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/** Imported once: jose would import the bytes for every token, which costs as much as the signature. */
export function hmacKey(secret: Uint8Array): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', Uint8Array.from(secret), algorithm, false, ['sign', 'verify']);
}

/** The key of sandbox tokens: derived from the secret, and accepted nowhere outside the sandbox. */
export function sandboxKey(secret: string): Promise<CryptoKey> {
  return hmacKey(new Uint8Array(hkdfSync('sha256', secret, '', 'gudok sandbox tokens', 32)));
}

/**
 * The identity provider's keys. When they cannot be fetched, the token is neither valid nor invalid.
 *
 * @throws Problem AUTHENTICATION_UNAVAILABLE when the keys cannot be fetched
 */
export function fetchedKeys(url: URL): JWTVerifyGetKey {
  const log = new Logger('auth');
  const keys = createRemoteJWKSet(url);
  let reported: unknown;
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (ABOUT_THE_TOKEN.some((kind) => error instanceof kind)) throw error;
      metrics.jwksFailures.inc();
      // Requests that waited for the same fetch fail with the same error, which is logged once.
      if (error !== reported) {
        const { message: reason, cause } = error as Error;
        log.error({ message: 'the keys at AUTH_JWKS_URL cannot be fetched', reason, cause: String(cause ?? '') });
      }
      reported = error;
      throw new Problem('AUTHENTICATION_UNAVAILABLE');
    }
  };
}
