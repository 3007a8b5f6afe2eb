import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from './differences.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/**
 * Compares a value with a committed JSON file; with UPDATE_API set (`npm test -- --update-api`) writes the file first.
 *
 * @returns one line per difference: `+` is new, `-` is gone, `~` has changed
 */
export function differencesFromFixture(name: string, value: unknown): string[] {
  const file = join(FIXTURES, name);
  if (process.env['UPDATE_API']) writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  if (!existsSync(file)) throw new Error(`${name} is missing: run npm test -- --update-api`);
  return differences(JSON.parse(readFileSync(file, 'utf8')), value);
}
