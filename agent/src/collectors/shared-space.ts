import type { FilesystemsDocument } from '@proxmox-monitor/protocol';

type Filesystem = FilesystemsDocument['filesystems'][number];

/** Free space that differs by less is the same: datasets are not measured at the same instant. */
const SAME_SPACE = 0.01;

/**
 * One entry for all datasets of a pool that draw on the pool's free space, with the shortest mount point.
 * A dataset with less than that has a limit of its own and stays, also beside another with an equal one:
 * two quotas that are both used up must both be seen. Where a reservation gives one dataset more than the
 * pool has for all, every other one stays too: too many rows are better than a full one that is hidden.
 */
export function withoutSharedSpace(filesystems: readonly Filesystem[]): Filesystem[] {
  const poolsFree = freeSpaceOfPools(filesystems);
  const shown = new Set<string>();
  const byLength = [...filesystems].sort((a, b) => a.mountPoint.length - b.mountPoint.length);
  return byLength.filter((filesystem) => {
    const pool = poolOf(filesystem);
    const poolFree = pool === undefined ? undefined : poolsFree.get(pool);
    if (pool === undefined || poolFree === undefined) return true;
    if (filesystem.availableBytes < poolFree * (1 - SAME_SPACE)) return true;
    if (shown.has(pool)) return false;
    shown.add(pool);
    return true;
  });
}

/** The most that any dataset of a pool has free: without reservations what the pool has. */
function freeSpaceOfPools(filesystems: readonly Filesystem[]): Map<string, number> {
  const free = new Map<string, number>();
  for (const filesystem of filesystems) {
    const pool = poolOf(filesystem);
    if (pool !== undefined) free.set(pool, Math.max(free.get(pool) ?? 0, filesystem.availableBytes));
  }
  return free;
}

function poolOf({ type, device }: Filesystem): string | undefined {
  return type === 'zfs' ? device.split('/')[0] : undefined;
}
