import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const MAX_COLUMNS = 120;
const FOLDERS = '{src,simulator,web,test,bench,scripts}';
const FILES = [`${FOLDERS}/**/*.{ts,tsx,mjs,css}`, 'prisma/schema.prisma', '*.mjs', '.*.mjs'];
/** Hangul, and what else takes two columns. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

// The formatter leaves comments, strings and the schema as they are.
it('no line is longer than 120 columns', () => {
  const files = globSync(FILES, { cwd: root }).filter((file) => !/generated|node_modules|fixtures/.test(file));
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap(longLines)).toEqual([]);
});

function longLines(file: string): string[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const columns = (line: string) => line.length + (line.match(WIDE)?.length ?? 0);
  return lines.flatMap((line, index) => (columns(line) > MAX_COLUMNS ? [`${file}:${index + 1}`] : []));
}
