import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from '../auth/session.ts';
import { HistoryReader } from '../history/history.ts';
import type { Host } from '../hosts/hosts.ts';
import type { Context } from '../http/context.ts';
import { httpErrors } from '../http/errors.ts';
import { sessionOf } from '../http/login-required.ts';
import {
  ApiError,
  Fleet,
  HISTORY_RANGE_MAX_MS,
  History,
  HistoryQuery,
  HostDetail,
  SessionInfo,
} from './schema.ts';

/** The name of any registered host; one that is not registered is answered with 404 and not with 400. */
export const HostParams = Type.Object({ name: Type.String({ maxLength: 256 }) });

/** What the dashboard reads, below /api/v1. */
export function readingRoutes(context: Context): FastifyPluginAsyncTypebox {
  const history = new HistoryReader(context.history, context.config.retention);
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

    scope.get(
      '/hosts/:name/history',
      {
        schema: {
          ...HISTORY,
          params: HostParams,
          querystring: HistoryQuery,
          response: { 200: History, 400: ApiError, 404: ApiError },
        },
      },
      async (request) => {
        const { from, to, points } = request.query;
        // the validator takes "1e999" for an integer, and Infinity then passes its limits
        if (![from, to, points].every(Number.isSafeInteger)) throw httpErrors.badRange('Send whole numbers.');
        if (from >= to) throw httpErrors.badRange('"from" must be before "to".');
        if (to - from > HISTORY_RANGE_MAX_MS) throw httpErrors.badRange('Ask for 31 days at most.');
        return await history.readHost(hostNamed(request.params.name).id, { fromMs: from, toMs: to, points });
      },
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
const HISTORY = {
  tags: ['fleet'],
  summary: 'Stored values of one host, downsampled for charts',
  description: 'Times in milliseconds since 1970. Buckets without a sample hold null.',
};
const SESSION = { tags: ['login'], summary: 'The login that the cookie stands for' };
