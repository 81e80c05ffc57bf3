import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import { type Family, of, type Point, ratio, seconds, states } from '../family.ts';

const POOL_STATES = ['ONLINE', 'DEGRADED', 'FAULTED', 'OFFLINE', 'REMOVED', 'UNAVAIL', 'SUSPENDED'];

function pool(name: string, help: string, value: (pool: ZfsPool) => number | undefined): Family {
  return of('zfsPools', {
    name: `zfs_pool_${name}`,
    type: 'gauge',
    help,
    points: ({ pools }) => pools.map((each) => [{ pool: each.name }, value(each)]),
  });
}

/** Vdevs without children: disks, files, and spares. */
function leaves({ vdevs }: ZfsPool): Vdev[] {
  return vdevs.filter((vdev, index) => vdev.depth > 0 && (vdevs[index + 1]?.depth ?? 0) <= vdev.depth);
}

export const ZFS: readonly Family[] = [
  of('zfsPools', {
    name: 'zfs_pool_state',
    type: 'gauge',
    help: 'State of a pool: 1 for the one that holds.',
    points: ({ pools }) => pools.flatMap(({ name, state }) => states(POOL_STATES, state, { pool: name })),
  }),
  pool('size_bytes', 'Size of a pool.', ({ sizeBytes }) => sizeBytes),
  pool('allocated_bytes', 'What is allocated of a pool.', ({ allocatedBytes }) => allocatedBytes),
  pool('free_bytes', 'What is free of a pool.', ({ freeBytes }) => freeBytes),
  pool('fragmentation_ratio', 'Fragmentation of the free space of a pool.', ({ fragmentationPercent }) =>
    ratio(fragmentationPercent),
  ),
  pool('data_errors', 'Data errors that no redundancy could mend.', ({ dataErrors }) => dataErrors),
  pool('last_scrub_timestamp_seconds', 'When the last scrub of a pool ended.', ({ lastScrub, scan }) =>
    seconds(
      (lastScrub ?? (scan?.function === 'scrub' && scan.state === 'finished' ? scan : undefined))?.endedAtMs,
    ),
  ),
  of('zfsPools', {
    name: 'zfs_vdev_errors',
    type: 'gauge',
    help: 'Errors of a disk in a pool since they were last cleared, by kind.',
    points: ({ pools }) =>
      pools.flatMap((each) =>
        leaves(each).flatMap((vdev): Point[] => {
          const labels = { pool: each.name, vdev: vdev.name };
          return [
            [{ ...labels, kind: 'read' }, vdev.readErrors],
            [{ ...labels, kind: 'write' }, vdev.writeErrors],
            [{ ...labels, kind: 'checksum' }, vdev.checksumErrors],
          ];
        }),
      ),
  }),
  of('zfsDatasets', {
    name: 'zfs_dataset_used_bytes',
    type: 'gauge',
    help: 'What a dataset takes, with its descendants and snapshots.',
    points: ({ datasets }) => datasets.map(({ name, usedBytes }) => [{ dataset: name }, usedBytes]),
  }),
  of('zfsDatasets', {
    name: 'zfs_dataset_available_bytes',
    type: 'gauge',
    help: 'What a dataset may still take.',
    points: ({ datasets }) => datasets.map(({ name, availableBytes }) => [{ dataset: name }, availableBytes]),
  }),
  of('zfsSnapshots', {
    name: 'zfs_newest_snapshot_timestamp_seconds',
    type: 'gauge',
    help: 'When the newest snapshot of a dataset was taken.',
    points: ({ datasets }) =>
      datasets.map(({ name, newestAtMs }) => [{ dataset: name }, seconds(newestAtMs)]),
  }),
];
