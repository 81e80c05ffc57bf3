import { join } from 'node:path';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastifyUnderPressure from '@fastify/under-pressure';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { adminRoutes } from './api/admin-routes.ts';
import { historyRoutes } from './api/history-routes.ts';
import { readingRoutes } from './api/routes.ts';
import { aptRoutes } from './apt-repository/apt-routes.ts';
import { SessionCookie } from './auth/cookie.ts';
import { LoginThrottle } from './auth/login-throttle.ts';
import { seedPassword } from './auth/password.ts';
import { Sessions } from './auth/session.ts';
import { FleetView } from './fleet/fleet-view.ts';
import { healthRoutes } from './health/health-routes.ts';
import { troubleOf } from './health/trouble.ts';
import type { Context, Services } from './http/context.ts';
import { httpErrors } from './http/errors.ts';
import { loginRequired } from './http/login-required.ts';
import { openapiOptions } from './http/openapi.ts';
import { defaultPolicy, type RegisteredRoute, recordRoutes } from './http/policy.ts';
import { routableUrl } from './http/routable-url.ts';
import { publicUrl } from './http/same-origin.ts';
import { securityHeaders } from './http/security-headers.ts';
import { errorSender } from './http/send-error.ts';
import { limitWaiting } from './http/waiting-connections.ts';
import { LiveHub } from './live/live-hub.ts';
import { liveRoute } from './live/live-route.ts';
import { loginRoutes } from './pages/login-routes.ts';
import { shellRoutes } from './pages/shell-routes.ts';
import { WebFiles } from './pages/web-files.ts';
import { metricsRoute } from './prometheus/metrics-route.ts';

export type { Services } from './http/context.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route with its policy; filled when the app is ready. */
    readonly registeredRoutes: readonly RegisteredRoute[];
  }
}

/** Requests that one address may send in a minute: twenty open dashboards and the loading of their files. */
const REQUESTS_PER_MINUTE = 1_200;
/** Looking for addresses that do not exist. */
const MISSES_PER_MINUTE = 60;
/** What is left is nobody's business; `retry-after` comes from the error. */
const NO_HEADERS = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };
const EVENT_LOOP_DELAY_MAX_MS = 1_000;

/**
 * The server's HTTP side, not listening yet. Five parts: health, without any check; agents, whose route
 * checks its token itself and is never slowed down; metrics, with a token of their own; the apt repository; and
 * the dashboard.
 */
export async function buildApp(services: Services): Promise<FastifyInstance> {
  const context = contextOf(services);
  const { config } = services;
  const sendError = errorSender(context.webFiles, (error) => services.noticeDamage?.(error));
  const app = fastify({
    ...(services.logger === undefined ? { logger: false } : { loggerInstance: services.logger }),
    // the proxy has the access log; here the log says what happened, not who asked
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: [...config.trustedProxies],
    bodyLimit: 64 * 1024,
    // the longest silence of a connection; live updates send something every 15 s
    connectionTimeout: 60_000,
    requestTimeout: 15_000,
    // how late these are may be seen is how often Node looks
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    // longer than Caddy keeps idle connections (2 min), so that it never sends into one that closes
    keepAliveTimeout: 130_000,
    // as long as an address can be: the schemas check names, with a better answer
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    rewriteUrl: (request) => routableUrl(request.url ?? '/'),
    // an unknown key in a request is a mistake to be told, not to be dropped in silence
    ajv: { customOptions: { removeAdditional: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.decorate('registeredRoutes', recordRoutes(app));
  limitWaiting(app, config.trustedProxies);
  app.decorateRequest('session', undefined);
  app.setErrorHandler(sendError);
  // one way of writing JSON for the API, the pages and the live updates
  app.setSerializerCompiler(() => (body) => JSON.stringify(body));
  await app.register(fastifyHelmet, securityHeaders(config.publicHost));
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, {
    global: false,
    addHeaders: NO_HEADERS,
    addHeadersOnExceeding: NO_HEADERS,
    errorResponseBuilder: (_request, { ttl }) => httpErrors.tooManyRequests(ttl),
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  const limitMisses = app.rateLimit({ max: MISSES_PER_MINUTE, timeWindow: 60_000 });
  app.setNotFoundHandler({ preHandler: limitMisses }, () => {
    throw httpErrors.notFound();
  });

  await app.register(healthRoutes(context));
  await app.register(agents(services));
  await app.register(metricsRoute(context));
  await app.register(aptRoutes(context), { prefix: '/apt' });
  await app.register(dashboard(context));

  app.addHook('onReady', async () => context.live.start(app.log));
  app.addHook('preClose', async () => context.live.close());
  return app;
}

function contextOf(services: Services): Context {
  const { config, database, clock, events } = services;
  if (config.passwordHashSeed !== undefined) seedPassword(database, clock, config.passwordHashSeed);
  const sessions = new Sessions(database, clock, config.secretKeyBase);
  const fleet = new FleetView(services);
  return {
    ...services,
    sessions,
    fleet,
    cookie: new SessionCookie(config.publicHost),
    throttle: new LoginThrottle(clock),
    live: new LiveHub({ fleet, sessions, events, clock, trouble: () => troubleOf(services.storageHealth()) }),
    webFiles: new WebFiles(config.webFolder),
    publicUrl: publicUrl(config),
  };
}

function agents(services: Services) {
  return async (scope: FastifyInstance): Promise<void> => {
    defaultPolicy(scope, 'agent');
    await services.registerIngest(scope);
  };
}

/** Everything that a browser asks for. Answers 503 while the server is too busy with its agents. */
function dashboard(context: Context) {
  return async (scope: FastifyInstance): Promise<void> => {
    await scope.register(fastifyUnderPressure, {
      maxEventLoopDelay: EVENT_LOOP_DELAY_MAX_MS,
      ...context.pressure,
    });
    scope.addHook('onRequest', scope.rateLimit({ max: REQUESTS_PER_MINUTE, timeWindow: 60_000 }));
    scope.addHook('onRequest', loginRequired(context));
    await scope.register(fastifySwagger, openapiOptions(context.cookie.name));
    await scope.register(assets(context));
    await scope.register(loginRoutes(context));
    await scope.register(shellRoutes(context));
    await scope.register(api(context), { prefix: '/api/v1' });
  };
}

/** The dashboard's code and style. Their names change with their content: browsers keep them for a year. */
function assets({ webFiles }: Context) {
  return async (scope: FastifyInstance): Promise<void> => {
    defaultPolicy(scope, 'public');
    await scope.register(fastifyStatic, {
      root: join(webFiles.folder, 'assets'),
      prefix: '/assets/',
      index: false,
      dotfiles: 'ignore',
      immutable: true,
      maxAge: '365d',
      preCompressed: true,
      decorateReply: false,
      suppressWarning: true,
    });
  };
}

function api(context: Context) {
  return async (scope: FastifyInstance): Promise<void> => {
    defaultPolicy(scope, 'login');
    // only JSON: a form of another site cannot send it
    scope.removeContentTypeParser('text/plain');
    await scope.register(readingRoutes(context));
    await scope.register(historyRoutes(context));
    await scope.register(liveRoute(context));
    await scope.register(adminRoutes(context), { prefix: '/admin' });
    scope.get('/openapi.json', { schema: { hide: true } }, () => scope.swagger());
  };
}
