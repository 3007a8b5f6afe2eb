import type { FastifyRequest } from 'fastify';
import type { Settings } from '../../config.ts';
import { Problem } from '../problem.ts';

/** A name or an address, and perhaps a port: what RFC 9110 allows in a Host that leads somewhere. */
const HOST = /^([a-z\d_-]+(\.[a-z\d_-]+)*\.?|\[[\da-f:.]+\])(:\d{1,5})?$/i;

export const isHost = (text: string): boolean => HOST.test(text) && URL.canParse(`http://${text}`);

/**
 * Where a browser reaches us: what was set, or else the address that this request came to.
 *
 * @throws Problem MALFORMED_REQUEST where nothing was set and the request came to no address
 */
export function publicUrl(settings: Settings, request: FastifyRequest): string {
  if (settings.publicUrl !== null) return settings.publicUrl;
  const { protocol, host } = request;
  if (!/^https?$/.test(protocol) || !isHost(host)) throw new Problem('MALFORMED_REQUEST');
  return `${protocol}://${host}`;
}
