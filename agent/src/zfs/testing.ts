import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';

const FOLDER = join(import.meta.dirname, '../../fixtures/zfs');

/** One recorded moment of a host's pools. */
export interface RecordedZfs {
  readonly name: string;
  readonly status: string;
  readonly statusJson: string | undefined;
  readonly list: string;
  readonly facts: string;
}

/** Every folder of `agent/fixtures/zfs`. */
export function recordedZfs(): RecordedZfs[] {
  const read = (folder: string, file: string): string | undefined => {
    const path = join(FOLDER, folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((release) => release.isDirectory())
    .flatMap((release) => readdirSync(join(FOLDER, release.name)).map((name) => `${release.name}/${name}`))
    .sort()
    .map((name) => ({
      name,
      status: read(name, 'status.txt') ?? '',
      statusJson: read(name, 'status-j-p.json'),
      list: read(name, 'list-Hp.txt') ?? '',
      facts: read(name, 'facts.txt') ?? '',
    }));
}

/** The facts of pools as lines that a person can compare with what `zpool status` printed. */
export function factsOf(pools: readonly ZfsPool[]): string {
  return pools.map(poolFacts).join('\n');
}

function poolFacts(pool: ZfsPool): string {
  const { vdevs, activities, scan, statusText: _status, actionText: _action, ...rest } = pool;
  const lines = [`pool ${JSON.stringify(rest)}`];
  if (scan !== undefined) lines.push(`  scan ${JSON.stringify(scan)}`);
  for (const activity of activities) lines.push(`  activity ${JSON.stringify(activity)}`);
  return `${[...lines, ...vdevs.map(vdevFacts)].join('\n')}\n`;
}

function vdevFacts(vdev: Vdev): string {
  const errors =
    vdev.readErrors === undefined ? '-' : `${vdev.readErrors}/${vdev.writeErrors}/${vdev.checksumErrors}`;
  const words = [vdev.name, vdev.type, vdev.class, vdev.state, errors];
  if (vdev.note !== undefined) words.push(`(${vdev.note})`);
  if (vdev.formerPath !== undefined) words.push(`was ${vdev.formerPath}`);
  return `  ${'  '.repeat(vdev.depth)}${words.join(' ')}`;
}
