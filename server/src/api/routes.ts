import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from '../auth/session.ts';
import type { Host } from '../hosts/hosts.ts';
import type { Context } from '../http/context.ts';
import { httpErrors } from '../http/errors.ts';
import { sessionOf } from '../http/login-required.ts';
import { ApiError, Fleet, HostDetail, HostParams, SessionInfo } from './schema.ts';

/** What the dashboard reads, below /api/v1. */
export function readingRoutes(context: Context): FastifyPluginAsyncTypebox {
  const hostNamed = (name: string): Host => {
    const host = context.fleet.host(name);
    if (host === undefined) throw httpErrors.hostUnknown(name);
    return host;
  };
  return async (scope) => {
    scope.get('/fleet', { schema: { ...FLEET, response: { 200: Fleet } } }, () => context.fleet.fleet());

    scope.get(
      '/hosts/:name',
      { schema: { ...HOST, params: HostParams, response: { 200: HostDetail, 404: ApiError } } },
      (request) => context.fleet.detail(hostNamed(request.params.name)),
    );

    scope.get('/session', { schema: { ...SESSION, response: { 200: SessionInfo } } }, (request) => {
      const { createdAtMs } = sessionOf(request);
      const endsAtMs = createdAtMs + SESSION_ABSOLUTE_MS;
      const idleEndsAtMs = Math.min(context.clock.now() + SESSION_IDLE_MS, endsAtMs);
      return { createdAtMs, idleEndsAtMs, endsAtMs };
    });
  };
}

const FLEET = { tags: ['fleet'], summary: 'All hosts, one row each, worst first' };
const HOST = { tags: ['fleet'], summary: 'All that is known of one host' };
const SESSION = { tags: ['login'], summary: 'The login that the cookie stands for' };
