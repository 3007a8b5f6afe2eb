/**
 * Owns: the pages that explain the API's errors; the `type` of a problem is the path of its page.
 * Does not own: the codes and their sentences (problem-codes.ts), nor which endpoint answers which (its controller).
 * Always true: every code has a page in Korean and English, with advice.
 */
export { ProblemsModule } from './problems.module.ts';
