import type { FastifyInstance, RouteOptions } from 'fastify';

/**
 * Who may use a route.
 * - `public`: anyone. It shows nothing of what is monitored.
 * - `login`: whoever has a session.
 * - `metrics`: whoever has the token of `metrics-token`; the route checks it itself.
 * - `agent`: agents; the route checks their token itself, before the upgrade.
 */
export type RoutePolicy = 'public' | 'login' | 'metrics' | 'agent';

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: RoutePolicy;
  }
}

export interface RegisteredRoute {
  readonly method: string;
  readonly url: string;
  readonly policy: RoutePolicy | undefined;
}

/**
 * Writes down every route of the app, those of plugins too, and refuses to start with one that nobody
 * decided about. Call it before any route is registered.
 */
export function recordRoutes(app: FastifyInstance): readonly RegisteredRoute[] {
  const seen: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    seen.push(route);
  });
  const routes: RegisteredRoute[] = [];
  app.addHook('onReady', async () => {
    // only now: a scope gives its routes their policy after this hook has seen them
    for (const route of seen) {
      for (const method of [route.method].flat()) {
        routes.push({ method, url: route.url, policy: route.config?.policy });
      }
    }
    const open = routes.find((route) => route.policy === undefined);
    if (open !== undefined) throw new Error(`the route ${open.method} ${open.url} has no policy`);
  });
  return routes;
}

/** Gives every route that is registered in this scope from now on the policy, unless it has one. */
export function defaultPolicy(scope: FastifyInstance, policy: RoutePolicy): void {
  scope.addHook('onRoute', (route) => {
    route.config = { policy, ...route.config };
  });
}
