import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { type CryptoKey, decodeJwt, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { Problem } from '../platform/problem.ts';
import { authConfig } from '../config-namespaces.ts';
import { type Caller, isUserId, ROLES, type Role } from './caller.ts';
import { faultOf, unauthenticated } from './token-fault.ts';
import { fetchedKeys, hmacKey, sandboxKey } from './token-keys.ts';

const SANDBOX_TOKEN_LIFE = '30d';
const SANDBOX_ISSUER = 'gudok:sandbox';
/** Verifying a signature costs as much as a query; a valid token stays valid until it expires. */
const REMEMBERED_TOKENS = 10_000;
/** Clocks of two machines differ. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Asymmetric algorithms only: an HS256 token could be signed with the public key. */
const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const PUBLIC_KEY_ALGORITHMS = [...RSA, 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const ALWAYS = { requiredClaims: ['exp'], clockTolerance: CLOCK_TOLERANCE_SECONDS };

type AuthConfig = ConfigType<typeof authConfig>;
type Verify = (token: string) => Promise<{ payload: JWTPayload }>;

/** Authenticates bearer tokens. Uses the real time even when the sandbox clock was moved. */
@Injectable()
export class Tokens implements OnModuleInit {
  private readonly remembered = new Map<string, { caller: Caller; until: number }>();
  private readonly verify: Verify;
  /** null outside the sandbox */
  private readonly sandbox: { key: Promise<CryptoKey>; verify: Verify } | null;

  constructor(@Inject(authConfig.KEY) private readonly config: AuthConfig) {
    this.verify = configuredKey(config);
    const key = config.sandbox ? sandboxKey(config.sandboxTokenSecret) : null;
    const claims = { ...ALWAYS, algorithms: ['HS256'], issuer: SANDBOX_ISSUER };
    this.sandbox = key && { key, verify: async (token) => jwtVerify(token, await key, claims) };
  }

  onModuleInit(): void {
    const { auth, authIssuer, authAudience, sandbox } = this.config;
    if (sandbox || !('jwksUrl' in auth)) return;
    const unset = [authIssuer === null && 'AUTH_ISSUER', authAudience === null && 'AUTH_AUDIENCE'].filter(Boolean);
    if (unset.length === 0) return;
    const log = new Logger('auth');
    log.warn(`${unset.join(' and ')} unset: tokens that the provider signs for other applications are accepted too`);
  }

  /**
   * @throws Problem UNAUTHENTICATED for a token that is missing, forged, expired, or names no user;
   * AUTHENTICATION_UNAVAILABLE when the keys to check it with cannot be fetched
   */
  async callerOf(authorization: string | undefined): Promise<Caller> {
    const [, credentials] = /^Bearer +(.+)$/i.exec(authorization ?? '') ?? [];
    if (credentials === undefined) throw unauthenticated();
    const token = credentials.trim();
    const known = this.remembered.get(token);
    if (known && known.until > Date.now()) return known.caller;
    const payload = await this.payloadOf(token);
    const caller = { userId: userIdOf(payload), role: roleOf(payload) };
    if (this.remembered.size >= REMEMBERED_TOKENS) this.remembered.clear();
    this.remembered.set(token, { caller, until: Math.min(payload.exp! * 1000, Date.now() + 60_000) });
    return caller;
  }

  /** Issues a token for any user, with a key that only a sandbox accepts. Only the sandbox module has the endpoint. */
  async issue(userId: string, role: Role): Promise<string> {
    if (!this.sandbox) throw new Problem('NOT_FOUND');
    const token = new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).setIssuer(SANDBOX_ISSUER);
    return token
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(SANDBOX_TOKEN_LIFE)
      .sign(await this.sandbox.key);
  }

  private async payloadOf(token: string): Promise<JWTPayload> {
    try {
      // The unverified issuer only selects the key that the signature must match.
      const isSandbox = this.sandbox !== null && decodeJwt(token).iss === SANDBOX_ISSUER;
      return (await (isSandbox ? this.sandbox.verify(token) : this.verify(token))).payload;
    } catch (error) {
      throw error instanceof Problem ? error : unauthenticated(faultOf(error));
    }
  }
}

function configuredKey({ auth, authIssuer, authAudience }: AuthConfig): Verify {
  const claims = {
    ...ALWAYS,
    ...(authIssuer !== null && { issuer: authIssuer }),
    ...(authAudience !== null && { audience: authAudience }),
  };
  if ('jwksUrl' in auth) {
    const keys = fetchedKeys(auth.jwksUrl);
    return (token) => jwtVerify(token, keys, { ...claims, algorithms: PUBLIC_KEY_ALGORITHMS });
  }
  const key = hmacKey(new TextEncoder().encode(auth.jwtSecret));
  return async (token) => jwtVerify(token, await key, { ...claims, algorithms: ['HS256'] });
}

/** A number counts as its decimal string, if JSON can represent it exactly. */
function userIdOf(payload: JWTPayload): string {
  const subject = payload.sub as unknown;
  const userId = Number.isSafeInteger(subject) ? String(subject) : subject;
  if (!isUserId(userId)) throw unauthenticated('The sub claim must be 1 to 64 characters');
  return userId;
}

/** An unknown role has the rights of a customer. */
function roleOf(payload: JWTPayload): Role {
  return ROLES.find((role) => role === payload['role']) ?? 'customer';
}
