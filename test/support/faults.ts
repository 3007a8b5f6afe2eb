import fc from 'fast-check';

/** A request or its response is lost or broken: the caller learns at once that it cannot know what became of it. */
export const LOST_AT_ONCE = [
  'drop_before',
  'drop_after',
  'error_before',
  'error_after',
  'garbage',
  'garbage_before',
  'rate_limited',
];

/** The same, or late. */
export const LOST = [...LOST_AT_ONCE, 'slow', 'slow_after'];

/** A fault at one of the points, of a kind that is listed for it, up to three times. */
export function faultOf<Point extends string>(kinds: Record<Point, string[]>) {
  return fc
    .constantFrom(...(Object.keys(kinds) as Point[]))
    .chain((on) =>
      fc.record({ on: fc.constant(on), kind: fc.constantFrom(...kinds[on]), times: fc.integer({ min: 1, max: 3 }) }),
    );
}
