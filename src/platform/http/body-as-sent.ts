import { RouteConfig } from '@nestjs/platform-fastify';

/** What {@link BodyAsSent} leaves on a route. */
export interface BodyRouteConfig {
  bodyAsSent?: boolean;
}

/**
 * The endpoint keeps the body as it was sent, whatever text stands in it and however deep. For what somebody else's
 * server sends: it would not correct it, only send it again.
 */
export const BodyAsSent = () => RouteConfig({ bodyAsSent: true } satisfies BodyRouteConfig);
