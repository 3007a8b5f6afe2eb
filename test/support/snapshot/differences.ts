/** A JSON value with the keys of every object sorted. Lists keep their order. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortKeys(inner)]));
}

/** What differs between two JSON values, one line each with the path to it. The order of keys does not count. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => {
      const inner = `${path}/${key.replaceAll('/', '~1')}`;
      if (!(key in before)) return [`+ ${inner}: ${short(after[key])}`];
      if (!(key in after)) return [`- ${inner}: ${short(before[key])}`];
      return differences(before[key], after[key], inner);
    });
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => {
      const inner = `${path}/${index}`;
      if (index >= before.length) return [`+ ${inner}: ${short(after[index])}`];
      if (index >= after.length) return [`- ${inner}: ${short(before[index])}`];
      return differences(before[index], after[index], inner);
    }).flat();
  }
  return Object.is(before, after) ? [] : [`~ ${path}: ${short(before)} -> ${short(after)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
