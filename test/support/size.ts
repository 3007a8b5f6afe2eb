/** `npm run test:long` runs everything at its full size; `npm test` a smaller form of each. */
export const isLong = process.env['TEST_SIZE'] === 'long';

export function sized<T>(normal: T, long: T): T {
  return isLong ? long : normal;
}
