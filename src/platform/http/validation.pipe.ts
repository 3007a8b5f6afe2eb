import { StandardSchemaValidationPipe } from '@nestjs/common';
import { Problem } from '../problem.ts';

/** Validates bodies, queries and parameters against their schemas, before a controller runs. */
export const validation = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) => {
    const errors = issues.map(({ path, message }) => ({
      path: (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
      message,
    }));
    return new Problem('VALIDATION_FAILED', { errors });
  },
});
