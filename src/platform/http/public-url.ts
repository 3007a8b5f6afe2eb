import type { FastifyRequest } from 'fastify';
import type { Settings } from '../../config.ts';
import { Problem } from '../problem.ts';

/** A name or an IP address with an optional port (RFC 9110). */
const HOST = /^([a-z\d_-]+(\.[a-z\d_-]+)*\.?|\[[\da-f:.]+\])(:\d{1,5})?$/i;

export const isHost = (text: string): boolean => HOST.test(text) && URL.canParse(`http://${text}`);

/**
 * The base URL for browsers: PUBLIC_URL, or else the address of this request.
 *
 * @throws Problem MALFORMED_REQUEST when PUBLIC_URL is unset and the request has no valid address
 */
export function publicUrl(settings: Pick<Settings, 'publicUrl'>, request: FastifyRequest): string {
  if (settings.publicUrl !== null) return settings.publicUrl;
  const { protocol, host } = request;
  if (!/^https?$/.test(protocol) || !isHost(host)) throw new Problem('MALFORMED_REQUEST');
  return `${protocol}://${host}`;
}
