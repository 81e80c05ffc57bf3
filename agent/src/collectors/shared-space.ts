import type { FilesystemsDocument } from '@proxmox-monitor/protocol';

type Filesystem = FilesystemsDocument['filesystems'][number];

/** Datasets of a pool whose free space differs by less share one limit: the pool's. */
const SAME_SPACE = 0.01;

/**
 * One entry for all datasets of a pool that draw on the same free space, with the shortest mount point;
 * datasets with a quota or a reservation of their own stay.
 */
export function withoutSharedSpace(filesystems: readonly Filesystem[]): Filesystem[] {
  const kept: Filesystem[] = [];
  const byLength = [...filesystems].sort((a, b) => a.mountPoint.length - b.mountPoint.length);
  for (const filesystem of byLength) {
    if (!kept.some((other) => sharesSpace(other, filesystem))) kept.push(filesystem);
  }
  return kept;
}

function sharesSpace(one: Filesystem, other: Filesystem): boolean {
  if (one.type !== 'zfs' || other.type !== 'zfs' || poolOf(one.device) !== poolOf(other.device)) return false;
  return Math.abs(one.availableBytes - other.availableBytes) <= one.availableBytes * SAME_SPACE;
}

function poolOf(dataset: string): string {
  return dataset.split('/')[0] ?? '';
}
