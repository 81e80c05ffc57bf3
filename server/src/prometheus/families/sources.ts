import type { Source } from '@proxmox-monitor/protocol';
import type { LatestHost } from '../../ingest/latest.ts';
import { type Family, type Point, seconds } from '../family.ts';

/** How the agent's own looks fare; sources that do not exist on a host are left out. */
export function sourceFamilies(sourcesOf: (hostId: number) => LatestHost['sources']): readonly Family[] {
  const family = (name: string, help: string, value: (source: Source) => number | undefined): Family => ({
    name: `source_${name}`,
    type: 'gauge',
    help,
    points: ({ host }) =>
      [...sourcesOf(host.id)].flatMap(([source, each]): Point[] =>
        each.state === 'absent' ? [] : [[{ source }, value(each)]],
      ),
  });
  return [
    family('ok', 'Whether a source of the agent answers.', ({ state }) => Number(state === 'ok')),
    family(
      'last_success_timestamp_seconds',
      "When a source of the agent last answered, by the host's clock.",
      ({ succeededAtMs }) => seconds(succeededAtMs),
    ),
    family('duration_seconds', 'How long the last look at a source of the agent took.', ({ durationMs }) =>
      seconds(durationMs),
    ),
  ];
}
