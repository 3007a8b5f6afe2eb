import type { FastifyRequest } from 'fastify';
import type { Settings } from '../config.ts';

const TOSS_SDK = 'https://js.tosspayments.com/v2/standard';

/**
 * Where the browser finds Toss's script. In the sandbox the simulator's stands in for it; a browser on another machine reaches
 * the simulator under the name that it reached us by.
 */
export function sdkUrl({ simulatorUrl }: Pick<Settings, 'simulatorUrl'>, request: FastifyRequest): URL {
  if (simulatorUrl === null) return new URL(TOSS_SDK);
  const simulator = new URL('/v2/standard', simulatorUrl);
  simulator.hostname = request.hostname;
  return simulator;
}
