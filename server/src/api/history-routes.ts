import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { readEvents } from '../history/event-reader.ts';
import { HistoryReader } from '../history/history.ts';
import { historyTable } from '../history/history-table.ts';
import type { Thing } from '../history/thing-registry.ts';
import { METRICS } from '../history/things.ts';
import type { Host } from '../hosts/hosts.ts';
import type { Context } from '../http/context.ts';
import { httpErrors } from '../http/errors.ts';
import {
  ApiError,
  EventsQuery,
  HISTORY_RANGE_MAX_MS,
  History,
  HistoryQuery,
  HostParams,
  StateEvents,
  Things,
} from './schema.ts';

type Query = Static<typeof HistoryQuery>;

/** What was stored over time, of hosts and of all that is on them. */
export function historyRoutes(context: Context): FastifyPluginAsyncTypebox {
  const reader = new HistoryReader(context.database, context.history, context.config.retention);
  const hostNamed = (name: string): Host => {
    const host = context.fleet.host(name);
    if (host === undefined) throw httpErrors.hostUnknown(name);
    return host;
  };
  const thingOf = (host: Host, id: number): Thing => {
    const thing = context.history.things.get(id);
    if (thing === undefined || !thing.hosts.has(host.id)) throw httpErrors.thingUnknown(host.name, id);
    return thing;
  };
  const read = async (name: string, query: Query): Promise<History> => {
    const { thing, metrics, ...range } = query;
    checkRange(query);
    const host = hostNamed(name);
    const wanted = { fromMs: range.from, toMs: range.to, points: range.points };
    const names = metrics?.split(',').filter((each) => each !== '');
    if (thing === undefined) return await reader.readHost(host.id, wanted, names);
    return await reader.readThing(host.id, thingOf(host, thing), wanted, names);
  };

  return async (scope) => {
    scope.get(
      '/hosts/:name/things',
      { schema: { ...THINGS, params: HostParams, response: { 200: Things, 404: ApiError } } },
      ({ params }) => {
        const host = hostNamed(params.name);
        return { things: context.history.things.ofHost(host.id).map((thing) => described(thing, host.id)) };
      },
    );

    scope.get(
      '/hosts/:name/events',
      {
        schema: {
          ...EVENTS,
          params: HostParams,
          querystring: EventsQuery,
          response: { 200: StateEvents, 400: ApiError, 404: ApiError },
        },
      },
      ({ params, query }) => {
        const { before = 8.64e15, limit } = query;
        if (![before, limit].every(Number.isSafeInteger)) throw httpErrors.badRange('Send whole numbers.');
        return readEvents(context.database, hostNamed(params.name).id, { beforeMs: before, limit });
      },
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
      ({ params, query }) => read(params.name, query),
    );

    scope.get(
      '/hosts/:name/history.csv',
      {
        schema: {
          ...TABLE,
          params: HostParams,
          querystring: HistoryQuery,
          response: { 200: Type.String(), 400: ApiError, 404: ApiError },
        },
        // a text goes out as it is; errors are JSON as everywhere
        serializerCompiler: () => (body) => (typeof body === 'string' ? body : JSON.stringify(body)),
      },
      async ({ params, query }, reply) => {
        const history = await read(params.name, query);
        const file = `${params.name.replace(/[^A-Za-z0-9._-]/g, '_')}-history.csv`;
        reply.header('content-disposition', `attachment; filename="${file}"`);
        reply.type('text/csv; charset=utf-8; header=present');
        return historyTable(history);
      },
    );
  };
}

function checkRange({ from, to, points, thing }: Query): void {
  // the validator takes "1e999" for an integer, and Infinity then passes its limits
  if (![from, to, points, thing ?? 0].every(Number.isSafeInteger)) {
    throw httpErrors.badRange('Send whole numbers.');
  }
  if (from >= to) throw httpErrors.badRange('"from" must be before "to".');
  if (to - from > HISTORY_RANGE_MAX_MS) throw httpErrors.badRange('Ask for ten years at most.');
}

function described({ id, kind, key, name, hosts }: Thing, hostId: number): Things['things'][number] {
  const { firstAtMs = 0, lastAtMs = 0 } = hosts.get(hostId) ?? {};
  return { id, kind, key, name, firstAtMs, lastAtMs, metrics: METRICS[kind].map((metric) => metric.name) };
}

const THINGS = {
  tags: ['history'],
  summary: 'What has a history: the host, its guests, pools, disks, interfaces, storages and filesystems',
  description: 'With the metrics of each. `lastAtMs`, when it was seen last, is true to the hour.',
};
const EVENTS = {
  tags: ['history'],
  summary: 'Changes of state of a host, the newest first',
  description:
    'Of pools and their vdevs, guests, disks, services, backups and sources, with their own times.',
};
const HISTORY = {
  tags: ['history'],
  summary: 'Stored values of a host, or of a thing on it, downsampled for charts',
  description:
    'Times in milliseconds since 1970. Buckets without a sample hold null. Without `thing` the values are those of the ' +
    'host itself. The detail is that which is still kept of so long ago: 10 s, a minute, ten minutes or an hour.',
};
const TABLE = {
  tags: ['history'],
  summary: 'The same as a table',
  description: 'CSV after RFC 4180: the time in UTC, then minimum, average and maximum of each metric.',
};
