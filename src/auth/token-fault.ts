import { errors } from 'jose';
import { Problem } from '../platform/problem.ts';

/** 401 with the challenge of RFC 6750: the reason for refusing the token, or without `why` that a token is required. */
export function unauthenticated(why?: string): Problem {
  const invalid = `Bearer error="invalid_token", error_description="${why}"`;
  const challenge = why === undefined ? 'Bearer realm="gudok"' : invalid;
  return new Problem('UNAUTHENTICATED', {}, { 'WWW-Authenticate': challenge });
}

/** Why a verification failed, in one sentence for a developer, without any content of the token. */
export function faultOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return claimFault(error);
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature is wrong';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The algorithm of the token is not allowed';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'The token names no key of the identity provider';
  }
  return 'The token is not a JSON Web Token';
}

function claimFault({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `The token has no ${claim} claim`;
  if (reason !== 'check_failed') return `The ${claim} claim is not accepted`;
  if (claim === 'iss') return 'The token is from another issuer';
  if (claim === 'aud') return 'The token is for another audience';
  if (claim === 'nbf') return 'The token is not valid yet';
  return `The ${claim} claim is not accepted`;
}
