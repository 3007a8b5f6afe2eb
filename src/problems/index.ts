/**
 * Owns: the pages that explain the API's problems to people; the `type` of a problem leads here.
 * Does not own: the codes and their sentences (common/problem), nor which endpoint answers which (its controller).
 * Always true: every code has a page, in Korean and English, with what to do.
 */
export { ProblemsModule } from './problems.module.ts';
