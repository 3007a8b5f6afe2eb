/**
 * Owns: serving the bundled pages, and the URL of the provider's script for them.
 * Does not own: the data of a page; pages use the public API.
 * Always true: a page can do nothing that the API cannot; pages run only our scripts and the provider's.
 */
export { WebModule } from './web.module.ts';
