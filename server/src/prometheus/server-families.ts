import { statSync } from 'node:fs';
import type { Context } from '../http/context.ts';
import { VERSION } from '../version.ts';
import type { Family, Point } from './family.ts';

type ServerFamily = Omit<Family, 'points'> & {
  /** `process_…` has no prefix: everything that scrapes knows these names. */
  readonly isStandard?: boolean;
  points(): readonly Point[];
};

const startedAtSeconds = Date.now() / 1000 - process.uptime();

/** The server itself. */
export function serverFamilies({ config, fleet, links, storageHealth }: Context): readonly ServerFamily[] {
  const fileBytes = (suffix: string): number | undefined =>
    statSync(`${config.databasePath}${suffix}`, { throwIfNoEntry: false })?.size;
  return [
    {
      name: 'server',
      type: 'info',
      help: 'Version of the server.',
      points: () => [[{ version: VERSION }, 1]],
    },
    {
      name: 'server_hosts',
      type: 'gauge',
      help: 'Registered hosts, and those whose agent is connected.',
      points: () => {
        const hosts = fleet.hosts();
        return [
          [{ kind: 'registered' }, hosts.length],
          [{ kind: 'connected' }, hosts.filter(({ id }) => links.isConnected(id)).length],
        ];
      },
    },
    {
      name: 'server_storing',
      type: 'gauge',
      help: 'Whether what agents send reaches the disk.',
      points: () => [[{}, storageHealth().state === 'ok' ? 1 : 0]],
    },
    {
      name: 'server_database_bytes',
      type: 'gauge',
      help: 'Size of the database and of its write-ahead log.',
      points: () => [
        [{ file: 'database' }, fileBytes('')],
        [{ file: 'wal' }, fileBytes('-wal')],
      ],
    },
    {
      name: 'process_cpu_seconds',
      type: 'counter',
      isStandard: true,
      help: 'CPU time of the server.',
      points: () => {
        const { user, system } = process.cpuUsage();
        return [[{}, (user + system) / 1e6]];
      },
    },
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      isStandard: true,
      help: 'Memory of the server.',
      points: () => [[{}, process.memoryUsage.rss()]],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      isStandard: true,
      help: 'When the server was started.',
      points: () => [[{}, startedAtSeconds]],
    },
  ];
}
