import fc from 'fast-check';

// oxlint-disable-next-line no-explicit-any
type Schema = any;

/** What nobody expects: of every kind, and of the kinds that have broken programs before. */
const STRANGE = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e21,
    2 ** 31,
    0.5,
    '',
    ' ',
    '0',
    '%00',
    'constructor',
    '../..',
    '한글',
    [],
    {},
    [[]],
    'x'.repeat(250),
  ),
  fc.string(),
  fc.integer(),
);

/** Values that a JSON schema allows. Formats and patterns are left to chance, and mostly refused. */
function allowed(schema: Schema): fc.Arbitrary<unknown> {
  if (schema === undefined || schema === true || schema.$ref) return STRANGE;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map(allowed));
  switch (schema.type) {
    case 'object':
      return object(schema);
    case 'array':
      return fc.array(allowed(schema.items), { maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 30_000, 30_000) });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.oneof(
        fc.uuid(),
        fc.string({ minLength: Math.min(schema.minLength ?? 0, 60), maxLength: Math.min(schema.maxLength ?? 60, 60) }),
      );
    default:
      return STRANGE;
  }
}

function object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fromSchema(schema)]));
  return fc.record(fields, { requiredKeys: required as never[] });
}

/** Mostly what the schema allows, now and then what it does not. */
export const fromSchema = (schema: Schema): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: allowed(schema) }, { weight: 1, arbitrary: STRANGE });
