import type { Documents } from '@proxmox-monitor/protocol';
import { smartDisks } from './disks.ts';
import type { InventedHost } from './hosts.ts';

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;

/** What there is of a host's disks, arrays and datasets. */
export function storageDocuments(host: InventedHost, atMs: number, disks: readonly string[]): Documents {
  return {
    smart: { disks: smartDisks(atMs, disks) },
    ...(host.pools.length > 0 ? zfsDocuments(host, atMs) : { mdRaid }),
  };
}

function zfsDocuments({ pools }: InventedHost, atMs: number): Documents {
  const [pool] = pools;
  const name = pool?.name ?? 'rpool';
  const damaged = pools.filter(({ dataErrors = 0 }) => dataErrors > 0);
  const volumes = Array.from({ length: 22 }, (_, index) => `${name}/data/vm-${100 + index}-disk-0`);
  return {
    zfsDatasets: {
      datasets: [
        {
          name,
          type: 'filesystem',
          usedBytes: 410 * GIB,
          availableBytes: 450 * GIB,
          referencedBytes: 96 * 1024,
          compressRatio: 1.62,
          compression: 'on',
        },
        {
          name: `${name}/data`,
          type: 'filesystem',
          usedBytes: 340 * GIB,
          availableBytes: 450 * GIB,
          referencedBytes: 96 * 1024,
          compressRatio: 1.71,
          compression: 'zstd',
        },
        {
          name: `${name}/subvol-131-disk-0`,
          type: 'filesystem',
          usedBytes: 61 * GIB,
          referencedBytes: 60.5 * GIB,
          refquotaBytes: 64 * GIB,
          usedBySnapshotsBytes: 1.2 * GIB,
          compressRatio: 1.2,
          compression: 'lz4',
        },
        {
          name: `${name}/secret`,
          type: 'filesystem',
          usedBytes: 12 * GIB,
          quotaBytes: 100 * GIB,
          compressRatio: 1,
          compression: 'off',
          encryption: 'aes-256-gcm',
          keyStatus: 'unavailable',
        },
        {
          name: `${name}/vault`,
          type: 'filesystem',
          usedBytes: 11 * GIB,
          compressRatio: 1.1,
          compression: 'lz4',
          encryption: 'aes-256-gcm',
          keyStatus: 'available',
        },
        ...volumes.map((volume, index) => ({
          name: volume,
          type: 'volume' as const,
          usedBytes: (30 - index) * GIB,
          referencedBytes: (20 - index / 2) * GIB,
          usedBySnapshotsBytes: index * 0.3 * GIB,
          volumeBytes: 32 * GIB,
          compressRatio: 1.5,
          compression: 'lz4',
        })),
      ],
      omittedCount: 0,
      unknownPools: [],
    },
    zfsSnapshots: {
      datasets: volumes.map((volume, index) => ({
        name: volume,
        count: 24 + index * 31,
        newestName: `autosnap_2026-11-24_${String(index % 24).padStart(2, '0')}:00:02_hourly`,
        newestAtMs: atMs - (index + 1) * HOUR_MS,
        oldestAtMs: atMs - 90 * 24 * HOUR_MS,
      })),
      totalCount: 12_741,
      omittedDatasets: 0,
    },
    zfsDamagedFiles: {
      pools: damaged.map((sick) => ({
        name: sick.name,
        files: [
          `/${sick.name}/vm/images/100/vm-100-disk-0.qcow2`,
          `${sick.name}/data/vm-101-disk-0:<0x1>`,
          ...Array.from({ length: 9 }, (_, index) => `/${sick.name}/share/Bücher/Kapitel ${index}.txt`),
        ],
        omittedCount: 118,
      })),
    },
  };
}

const mdRaid: NonNullable<Documents['mdRaid']> = {
  arrays: [
    {
      name: 'md0',
      level: 'raid1',
      state: 'active',
      sizeBytes: 510 * 1024 ** 2,
      devicesTotal: 2,
      devicesActive: 2,
      devices: [
        { name: 'sda1', role: 'active' },
        { name: 'sdb1', role: 'active' },
      ],
    },
    {
      name: 'md1',
      level: 'raid5',
      state: 'active',
      sizeBytes: 7_200 * GIB,
      devicesTotal: 3,
      devicesActive: 2,
      devices: [
        { name: 'sda2', role: 'active' },
        { name: 'sdb2', role: 'active' },
        { name: 'sdc2', role: 'faulty' },
        { name: 'sdd2', role: 'spare' },
      ],
      activity: { kind: 'recovery', donePercent: 12.6, secondsLeft: 7_640 },
    },
  ],
};
