import type { FastifyRequest } from 'fastify';
import type { Settings } from '../config.ts';

const TOSS_SDK = 'https://js.tosspayments.com/v2/standard';

/**
 * The URL of Toss's script. In the sandbox it is the simulator's, under the host name of this request, so that a
 * browser on another machine reaches it.
 */
export function sdkUrl({ simulatorUrl }: Pick<Settings, 'simulatorUrl'>, request: FastifyRequest): URL {
  if (simulatorUrl === null) return new URL(TOSS_SDK);
  const simulator = new URL('/v2/standard', simulatorUrl);
  simulator.hostname = request.hostname;
  return simulator;
}
