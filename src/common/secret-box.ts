import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config.ts';

const VERSION = 'v1';
/** AES-GCM's own measures, in bytes (NIST SP 800-38D). */
const IV = 12;
const TAG = 16;

/**
 * Secrets at rest: AES-256-GCM under `ENCRYPTION_KEY`. What is sealed for one place opens nowhere else: the place (for example
 * `refund:<id>`) is authenticated along with it, so that a ciphertext copied to another row is refused.
 */
@Injectable()
export class SecretBox {
  private readonly key: Buffer;
  /** Tells which key sealed something, and nothing about the key. */
  private readonly keyId: string;

  constructor(@Inject(SETTINGS) { encryptionKey }: Pick<Settings, 'encryptionKey'>) {
    this.key = encryptionKey;
    this.keyId = createHash('sha256').update('gudok key id').update(encryptionKey).digest('hex').slice(0, 8);
  }

  seal(secret: string, place: string): string {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${this.keyId}.${sealed.toString('base64url')}`;
  }

  /** @throws Error when it was sealed under another key, for another place, or was changed */
  open(sealed: string, place: string): string {
    const [version, keyId, body] = sealed.split('.');
    if (version !== VERSION || keyId !== this.keyId || !body) throw new Error(`sealed under another key (${keyId}) than ENCRYPTION_KEY (${this.keyId})`);
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV)).setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(IV, -TAG)), decipher.final()]).toString('utf8');
  }
}
