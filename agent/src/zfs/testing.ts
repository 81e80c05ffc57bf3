import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import { RecordedHost } from '../testing/recorded-host.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/zfs');

/** One recorded moment of a host's pools. */
export interface RecordedZfs {
  readonly name: string;
  readonly status: string;
  readonly statusJson: string | undefined;
  readonly list: string;
  readonly facts: string;
  /** With the whole paths of devices and the names of damaged files. */
  readonly statusWithPaths: string;
}

/** The recorded moment whose folder ends in `name`. */
export function recordedMoment(name: string): RecordedZfs {
  const found = recordedZfs().find((moment) => moment.name.endsWith(name));
  if (found === undefined) throw new Error(`there is no recorded moment ${name}`);
  return found;
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
    .filter((name) => existsSync(join(FOLDER, name, 'status.txt')))
    .sort()
    .map((name) => ({
      name,
      status: read(name, 'status.txt') ?? '',
      statusJson: read(name, 'status-j-p.json'),
      list: read(name, 'list-Hp.txt') ?? '',
      facts: read(name, 'facts.txt') ?? '',
      statusWithPaths: read(name, 'status-v-p-P.txt') ?? '',
    }));
}

/** A `zpool` that prints what was recorded, and refuses `-j` as the versions without JSON do. */
export function zpoolOf({ status, statusJson, list }: RecordedZfs): RecordedHost {
  const host = new RecordedHost().files({
    '/status.txt': status,
    '/status.json': statusJson ?? '',
    '/list.txt': list,
  });
  const json =
    statusJson === undefined
      ? `echo "invalid option 'j'" >&2; echo usage: >&2; exit 2`
      : `cat ${host.path('/status.json')}`;
  host.program(
    '/usr/sbin/zpool',
    `case "$*" in
      "status -j -p") ${json} ;;
      "status -p") cat ${host.path('/status.txt')} ;;
      "list -Hp -o name,guid,health,"*) cat ${host.path('/list.txt')} ;;
      *) echo "unexpected: $*" >&2; exit 3 ;;
    esac`,
  );
  for (const [, pool, state] of status.matchAll(/^ {2}pool: (.+)\n state: (.+)$/gm)) {
    host.files({ [`/proc/spl/kstat/zfs/${pool}/state`]: `${state}\n` });
  }
  return host;
}

/** A file of `agent/fixtures/zfs`. */
export function recordedZfsFile(path: string): string {
  return readFileSync(join(FOLDER, path), 'utf8');
}

/** The facts of pools as lines that a person can compare with what `zpool status` printed. */
export function factsOf(pools: readonly ZfsPool[]): string {
  return pools.map(poolFacts).join('\n');
}

function poolFacts(pool: ZfsPool): string {
  // What is remembered of the last scrub is the collector's, and not in what zpool printed.
  const {
    vdevs,
    activities,
    scan,
    statusText: _status,
    actionText: _action,
    lastScrub: _last,
    ...rest
  } = pool;
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
