import { type FilesystemsDocument, LIMITS } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { localMounts, type Mount, parseMountinfo, visibleMounts } from './mountinfo.ts';

type Filesystem = FilesystemsDocument['filesystems'][number];

const TIMEOUT_MS = 10_000;
/** Datasets of a pool whose free space differs by less share one limit: the pool's. */
const SAME_SPACE = 0.01;

export const filesystems: Collector<'filesystems'> = {
  name: 'filesystems',
  everyMs: 60_000,
  timeoutMs: TIMEOUT_MS + 1_000,
  async collect(host, signal) {
    const [all, own] = await Promise.all([
      // Refused in some sandboxes; then the agent's own namespace is what there is.
      host.read('/proc/1/mountinfo').catch(() => undefined),
      host.read('/proc/self/mountinfo'),
    ]);
    const text = all ?? own;
    if (text === undefined) return absent('no /proc/1/mountinfo');
    const mounts = parseMountinfo(text);
    const visible = own === undefined ? mounts : visibleMounts(mounts, parseMountinfo(own));
    const wanted = localMounts(visible).filter(({ mountPoint }) => mountPoint.length <= LIMITS.nameLength);
    if (wanted.length === 0) return absent('no local file system');
    // A child: what hangs on a dead disk must not hold one of the agent's own few threads.
    const output = await host.run(
      'df',
      [
        '--block-size=1',
        '--output=size,used,avail,itotal,iused,target',
        '--',
        ...wanted.map((mount) => mount.mountPoint),
      ],
      { timeoutMs: TIMEOUT_MS, signal, acceptedExitCodes: [1], package: 'coreutils' },
    );
    return { filesystems: withoutSharedSpace(measured(wanted, parseDf(output))).slice(0, LIMITS.listLength) };
  },
};

/** What `df` says of one mount point; undefined where the file system does not say. */
export interface Measure {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
  readonly inodes: number | undefined;
  readonly inodesUsed: number | undefined;
}

/**
 * Parses `df --block-size=1 --output=size,used,avail,itotal,iused,target`, by mount point. A mount point
 * that df could not measure is missing.
 * @throws ParseError
 */
export function parseDf(text: string): Map<string, Measure> {
  const [heading, ...lines] = text.split('\n');
  if (heading === undefined || !/Mounted on\s*$/.test(heading))
    throw new ParseError('df printed no heading "… Mounted on"');
  const measures = new Map<string, Measure>();
  for (const line of lines) {
    const match = /^ *(\d{1,20}) +(\d{1,20}) +(\d{1,20}) +(\d{1,20}|-) +(\d{1,20}|-) (.+)$/.exec(line);
    if (match?.[6] === undefined) continue;
    const number = (index: number): number => Number(match[index]);
    const inodes = match[4] === '-' ? undefined : number(4);
    measures.set(match[6], {
      sizeBytes: number(1),
      usedBytes: number(2),
      availableBytes: number(3),
      // File systems without a table of inodes, such as vfat and btrfs, have 0 of them.
      inodes: inodes === 0 ? undefined : inodes,
      inodesUsed: inodes === 0 || match[5] === '-' ? undefined : number(5),
    });
  }
  return measures;
}

function measured(mounts: readonly Mount[], measures: ReadonlyMap<string, Measure>): Filesystem[] {
  const filesystems: Filesystem[] = [];
  for (const { mountPoint, source, type, readOnly } of mounts) {
    const measure = measures.get(mountPoint);
    if (measure === undefined || measure.sizeBytes === 0) continue;
    const { inodes, inodesUsed, ...bytes } = measure;
    filesystems.push({
      mountPoint,
      device: source.slice(0, LIMITS.nameLength),
      type,
      ...bytes,
      ...(inodes === undefined || inodesUsed === undefined ? {} : { inodes, inodesUsed }),
      readOnly,
    });
  }
  return filesystems;
}

/**
 * One entry for all datasets of a pool that draw on the same free space, with the shortest mount point;
 * datasets with a quota of their own stay.
 */
export function withoutSharedSpace(filesystems: readonly Filesystem[]): Filesystem[] {
  const heads = new Map<string, Filesystem>();
  const kept: Filesystem[] = [];
  const byLength = [...filesystems].sort((a, b) => a.mountPoint.length - b.mountPoint.length);
  for (const filesystem of byLength) {
    const pool = filesystem.device.split('/')[0] ?? '';
    const head = filesystem.type === 'zfs' ? heads.get(pool) : undefined;
    if (head !== undefined && sharesSpace(head, filesystem)) continue;
    if (filesystem.type === 'zfs' && head === undefined) heads.set(pool, filesystem);
    kept.push(filesystem);
  }
  return kept;
}

function sharesSpace(head: Filesystem, other: Filesystem): boolean {
  return Math.abs(head.availableBytes - other.availableBytes) <= head.availableBytes * SAME_SPACE;
}
