import { RouteConfig } from '@nestjs/platform-fastify';

/** What {@link BodyAsSent} leaves on a route. */
export interface BodyRouteConfig {
  bodyAsSent?: boolean;
}

/**
 * The endpoint accepts any text and any nesting in the body. For webhooks: the sender would not correct the body, only
 * send it again.
 */
export const BodyAsSent = () => RouteConfig({ bodyAsSent: true } satisfies BodyRouteConfig);
