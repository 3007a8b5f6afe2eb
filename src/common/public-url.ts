import type { FastifyRequest } from 'fastify';
import type { Settings } from '../config.ts';

/** Where a browser reaches us: what was set, or else the address that this request came to. */
export function publicUrl(settings: Settings, request: FastifyRequest): string {
  return settings.publicUrl ?? `${request.protocol}://${request.host}`;
}
