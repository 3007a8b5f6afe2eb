import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from './problem.ts';

/** RFC 9457, as every refusal is answered. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    toss: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'Problem' });

/** An endpoint's answers, for the reader of the code and of the docs: one status with its body, and the codes it refuses with. */
export function Answers(status: number, schema: z.ZodType | null, ...codes: ProblemCode[]): MethodDecorator {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description: 'OK', ...(schema && { standardSchema: schema }) }),
    ...[...byStatus].map(([refused, of]) =>
      ApiResponse({
        status: refused,
        description: of.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}

/** Query parameters that the endpoint reads by itself, for the reader of the docs. */
export function QueryParameters(schema: z.ZodObject): MethodDecorator {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return applyDecorators(
    ...Object.entries(properties).map(([name, described]) =>
      ApiQuery({ name, required: required.includes(name), schema: described as object }),
    ),
  );
}

/** A list's answer: see {@link pageQuery}. */
export const pageSchema = (item: z.ZodType) => z.object({ data: z.array(item), nextCursor: z.string().nullable() });
