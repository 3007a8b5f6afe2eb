import { Inject, Injectable } from '@nestjs/common';
import { createRemoteJWKSet, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { Problem } from '../common/problem.ts';
import { SETTINGS, type Settings } from '../config.ts';
import { type Caller, ROLES, type Role } from './caller.ts';

const SANDBOX_TOKEN_LIFE = '30d';
/** Checking a signature costs as much as a query; a token that was good is good until it runs out. */
const REMEMBERED_TOKENS = 10_000;

/** Tells who a bearer token speaks for. Reads the real time, also where the sandbox's clock was moved. */
@Injectable()
export class Tokens {
  private readonly remembered = new Map<string, { caller: Caller; until: number }>();
  private readonly secret: Uint8Array | undefined;
  private readonly verify: (token: string) => Promise<{ payload: JWTPayload }>;

  constructor(@Inject(SETTINGS) settings: Settings) {
    if ('jwtSecret' in settings.auth) {
      const secret = new TextEncoder().encode(settings.auth.jwtSecret);
      this.secret = secret;
      // Imported once: jose imports bytes anew for every token, which is as dear as the signature.
      const key = crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
      this.verify = async (token) => jwtVerify(token, await key, { algorithms: ['HS256'] });
    } else {
      // The algorithms of a public key only: an HS256 token could be signed with what everybody can read.
      const keys = createRemoteJWKSet(settings.auth.jwksUrl);
      const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
      this.verify = (token) => jwtVerify(token, keys, { algorithms });
    }
  }

  /** @throws Problem UNAUTHENTICATED for a token that is missing, forged, over, or names no user */
  async callerOf(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw new Problem('UNAUTHENTICATED');
    const known = this.remembered.get(token);
    if (known && known.until > Date.now()) return known.caller;
    const payload = await this.verify(token).then(
      (verified) => verified.payload,
      () => {
        throw new Problem('UNAUTHENTICATED');
      },
    );
    const caller = { userId: userIdOf(payload), role: roleOf(payload) };
    if (this.remembered.size >= REMEMBERED_TOKENS) this.remembered.clear();
    const lifeMs = payload.exp === undefined ? 60_000 : payload.exp * 1000 - Date.now();
    this.remembered.set(token, { caller, until: Date.now() + Math.min(lifeMs, 60_000) });
    return caller;
  }

  /** A token for anybody, signed with our own secret. Sandbox only; the sandbox module is what keeps it there. */
  async issue(userId: string, role: Role): Promise<string> {
    if (!this.secret) throw new Problem('NOT_FOUND');
    return new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).setSubject(userId).setIssuedAt().setExpirationTime(SANDBOX_TOKEN_LIFE).sign(this.secret);
  }
}

function userIdOf(payload: JWTPayload): string {
  const subject = payload.sub as unknown;
  const userId = typeof subject === 'number' ? String(subject) : subject;
  if (typeof userId !== 'string' || userId.length < 1 || userId.length > 64) throw new Problem('UNAUTHENTICATED');
  return userId;
}

/** A role we do not know gives no rights beyond a customer's. */
function roleOf(payload: JWTPayload): Role {
  return ROLES.find((role) => role === payload['role']) ?? 'customer';
}
