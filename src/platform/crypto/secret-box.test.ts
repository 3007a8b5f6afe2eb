import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { SecretBox } from './secret-box.ts';

const box = new SecretBox({ encryptionKey: randomBytes(32) });

it('opens what it sealed, and never seals the same twice', () => {
  const sealed = box.seal('110-123-456789', 'refund:1');
  expect(sealed).not.toContain('110');
  expect(box.seal('110-123-456789', 'refund:1')).not.toBe(sealed);
  expect(box.open(sealed, 'refund:1')).toBe('110-123-456789');
});

it.each([
  ['of another place', (sealed: string) => [box, sealed, 'refund:2'] as const],
  [
    'of another key',
    (sealed: string) => [new SecretBox({ encryptionKey: randomBytes(32) }), sealed, 'refund:1'] as const,
  ],
  [
    'that was changed',
    (sealed: string) => [box, sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA'), 'refund:1'] as const,
  ],
])('refuses one %s', (_, given) => {
  const [by, sealed, place] = given(box.seal('secret', 'refund:1'));
  expect(() => by.open(sealed, place)).toThrow();
});
