import type { FastifyPluginAsync } from 'fastify';
import { readMigrations } from '../db/migration-files.ts';
import type { Context } from '../http/context.ts';
import { whyNotReady } from './readiness.ts';
import { troubleOf } from './trouble.ts';

/** Strangers may ask as often as they like: the answer is found at most once in this time. */
const KEPT_MS = 1_000;

/**
 * For service managers and proxies, without a login.
 * - `/healthz`: the process answers. Does not touch the database.
 * - `/readyz`: it can take samples: migrations done, database writable, disk not full. 503 says why not.
 */
export function healthRoutes(context: Context): FastifyPluginAsync {
  const newestSchema = readMigrations(context.config.migrationsFolder).length;
  const options = { logLevel: 'warn', config: { policy: 'public' } } as const;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let reason: string | undefined;
  return async (scope) => {
    scope.get('/healthz', options, () => ({ status: 'ok' }));

    scope.get('/readyz', options, async (request, reply) => {
      const nowMs = context.clock.monotonic();
      if (nowMs - checkedAtMs >= KEPT_MS) {
        const before = reason;
        reason =
          whyDamaged(context) ??
          whyNotReady({ database: context.database, newestSchema }) ??
          whyNotStored(context);
        checkedAtMs = nowMs;
        if (reason !== undefined && reason !== before) request.log.warn({ reason }, 'not ready');
      }
      if (reason === undefined) return { status: 'ready' };
      return reply.code(503).send({ status: 'not ready', reason });
    });
  };
}

function whyNotStored(context: Context): string | undefined {
  return troubleOf(context.storageHealth())?.sentence;
}

/** Said before anything else: of a damaged database all else follows. */
function whyDamaged(context: Context): string | undefined {
  const health = context.storageHealth();
  return health.state === 'damaged' ? troubleOf(health)?.sentence : undefined;
}
