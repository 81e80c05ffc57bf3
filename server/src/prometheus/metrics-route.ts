import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Context } from '../http/context.ts';
import { httpErrors } from '../http/errors.ts';
import { CONTENT_TYPES, formatOf } from './exposition.ts';
import { scrape } from './scrape.ts';
import { judgeMetricsToken } from './token.ts';

/** A scrape of a hundred hosts takes a good part of a second of the one thread: nobody needs it more often. */
const SCRAPES_PER_MINUTE = 120;

/** `/metrics`: current values of all hosts, for Prometheus and everything that scrapes like it. */
export function metricsRoute(context: Context): FastifyPluginAsync {
  return async (scope) => {
    scope.addHook('onRequest', scope.rateLimit({ max: SCRAPES_PER_MINUTE, timeWindow: 60_000 }));
    scope.get('/metrics', { config: { policy: 'metrics' } }, async (request, reply) => {
      const verdict = judgeMetricsToken(context.database, bearerOf(request));
      if (verdict !== 'right') {
        reply.header('www-authenticate', 'Bearer realm="metrics"');
        throw httpErrors.metricsToken(verdict);
      }
      const format = formatOf(request.headers.accept);
      reply.type(CONTENT_TYPES[format]);
      const text = Readable.from(scrape(context, format));
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(text);
      reply.header('content-encoding', 'gzip').header('vary', 'accept, accept-encoding');
      // Half a megabyte instead of eight; the fastest level takes the least of the time.
      return reply.send(text.pipe(createGzip({ level: 1 })));
    });
  };
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
