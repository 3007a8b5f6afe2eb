import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../problem.ts';

/** RFC 9457, as every refusal is answered. */
export const problemSchema = z
  .object({
    type: z.string().describe('leads to a page that explains the code'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    message: z.string().describe('the same as `detail`'),
    code: z.string(),
    requestId: z.string(),
    refundWindowDays: z.int().optional().describe('of REFUND_WINDOW_CLOSED'),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    toss: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'Problem' });

/** A refusal as the docs describe it. */
export const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** An endpoint's answers, for the reader of the code and of the docs: one status with its body, and the codes it refuses with. */
export function Answers(status: number, schema: z.ZodType | null, ...codes: ProblemCode[]): MethodDecorator {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description: 'OK', ...(schema && { standardSchema: schema }) }),
    ...[...byStatus].map(([refused, of]) =>
      ApiResponse({ status: refused, ...problemAnswer(of.map((code) => `\`${code}\``).join(', ')) }),
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
