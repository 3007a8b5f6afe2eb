import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../problem.ts';

/** The body of every error (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe('the path of a page that explains the code'),
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

/** An error response in the API description. */
export const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** Documents the responses of an endpoint: its status and body, and the codes of its errors. */
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

/** Documents query parameters that the endpoint parses itself. */
export function QueryParameters(schema: z.ZodObject): MethodDecorator {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return applyDecorators(
    ...Object.entries(properties).map(([name, described]) =>
      ApiQuery({ name, required: required.includes(name), schema: described as object }),
    ),
  );
}

/** The response of a list: see {@link pageQuery}. */
export const pageSchema = (item: z.ZodType) => z.object({ data: z.array(item), nextCursor: z.string().nullable() });
