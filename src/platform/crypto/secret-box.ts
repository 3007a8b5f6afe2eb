import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { encryptionConfig } from '../../config-namespaces.ts';
import type { Settings } from '../../config.ts';

const VERSION = 'v1';
/** Sizes of AES-GCM in bytes (NIST SP 800-38D). */
const IV = 12;
const TAG = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM and `ENCRYPTION_KEY`. Secrets under an earlier key open while that key is
 * in `ENCRYPTION_KEY_PREVIOUS`. The place of a secret (for example `refund:<id>`) is authenticated with it, so that a
 * ciphertext copied to another row is refused.
 */
@Injectable()
export class SecretBox {
  private readonly key: Buffer;
  private readonly keyId: string;
  private readonly keys: ReadonlyMap<string, Buffer>;

  constructor(
    @Inject(encryptionConfig.KEY) {
      encryptionKey,
      previousEncryptionKeys = [],
    }: Pick<Settings, 'encryptionKey'> & Partial<Pick<Settings, 'previousEncryptionKeys'>>,
  ) {
    this.key = encryptionKey;
    this.keyId = keyIdOf(encryptionKey);
    this.keys = new Map([...previousEncryptionKeys, encryptionKey].map((key) => [keyIdOf(key), key]));
  }

  /** The beginning of everything that the current key has sealed. */
  get prefix(): string {
    return `${VERSION}.${this.keyId}.`;
  }

  seal(secret: string, place: string): string {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.prefix}${sealed.toString('base64url')}`;
  }

  /** @throws Error when it was sealed under another key, for another place, or was changed */
  open(sealed: string, place: string): string {
    const [version, keyId, body] = sealed.split('.');
    const key = this.keys.get(keyId ?? '');
    if (version !== VERSION || !key || !body)
      throw new Error(
        `sealed under another key (${keyId}) than ENCRYPTION_KEY (${this.keyId}) or one of ENCRYPTION_KEY_PREVIOUS`,
      );
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV))
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(IV, -TAG)), decipher.final()]).toString('utf8');
  }
}

/** Identifies a key without revealing anything about it. */
function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('gudok key id').update(key).digest('hex').slice(0, 8);
}
