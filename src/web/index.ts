/**
 * Owns: serving the pages that come with the program, and telling them how to reach Toss's script.
 * Does not own: anything a page shows; it asks the API like everybody else.
 * Always true: what a page can do, the API can do; no page runs a script that is not ours or the provider's.
 */
export { WebModule } from './web.module.ts';
