import { poolFromConfig } from './pool-config.ts';

const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

/** Shapes of pools as `zpool status` printed them on test machines. */

export const mirrorDegraded = poolFromConfig(
  `
  rpool                                                 DEGRADED     0     0     0
    mirror-0                                            DEGRADED     0     0     0
      ata-SAMSUNG_MZ7L3960HCJR_S662NN0W314158-part3     ONLINE       0     0     0
      ata-SAMSUNG_MZ7L3960HCJR_S662NN0W314159-part3     FAULTED     14     0     2  too many errors`,
  {
    sizeBytes: 888 * GIB,
    allocatedBytes: 410 * GIB,
    capacityPercent: 46,
    fragmentationPercent: 31,
    dedupRatio: 1,
    dataErrors: 0,
    messageId: 'ZFS-8000-K4',
    statusText: 'One or more devices are faulted in response to persistent errors.',
    actionText: "Replace the faulted device, or use 'zpool clear' to mark the device\nrepaired.",
    scan: {
      function: 'scrub',
      state: 'finished',
      endedAtMs: Date.UTC(2026, 10, 16, 1, 36),
      durationSeconds: 720,
      errors: 0,
      repairedBytes: 0,
    },
  },
);

export const raidz2AllClasses = poolFromConfig(
  `
  tank                                  ONLINE       0     0     0
    raidz2-0                            ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0003  ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0004  ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0005  ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0006  ONLINE       0     0     0
  dedup
    mirror-2                            ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0011  ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0012  ONLINE       0     0     0
  special
    mirror-1                            ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0009  ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0010  ONLINE       0     0     0
  logs
    mirror-3                            ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0013  ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0014  ONLINE       0     0     0
  cache
    scsi-0QEMU_QEMU_HARDDISK_WD-0015    ONLINE       0     0     0
  spares
    scsi-0QEMU_QEMU_HARDDISK_WD-0016    AVAIL`,
  {
    sizeBytes: 85.6 * TIB,
    allocatedBytes: 58.2 * TIB,
    capacityPercent: 68,
    fragmentationPercent: 12,
    dedupRatio: 1.31,
    dataErrors: 0,
    scan: {
      function: 'scrub',
      state: 'finished',
      endedAtMs: Date.UTC(2026, 10, 16, 13, 44),
      durationSeconds: 51_600,
      errors: 0,
    },
  },
);

export const replacingInSpare = poolFromConfig(
  `
  tank                                      DEGRADED     0     0     0
    raidz2-0                                DEGRADED     0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0003      ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0004      OFFLINE      0     0     0
      spare-2                               DEGRADED     0     0     0
        replacing-0                         DEGRADED     0     0     0
          scsi-0QEMU_QEMU_HARDDISK_WD-0005  FAULTED      0     0     0  external device fault
          scsi-0QEMU_QEMU_HARDDISK_WD-0017  ONLINE       0     0     0
        scsi-0QEMU_QEMU_HARDDISK_WD-0016    ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0006      ONLINE       0     0     0
  spares
    scsi-0QEMU_QEMU_HARDDISK_WD-0016        INUSE     currently in use`,
  {
    sizeBytes: 12 * TIB,
    allocatedBytes: 7.1 * TIB,
    capacityPercent: 59,
    fragmentationPercent: 4,
    dataErrors: 0,
    actionText: 'Wait for the resilver to complete.',
    scan: {
      function: 'resilver',
      state: 'running',
      startedAtMs: Date.UTC(2026, 10, 22, 9, 0),
      donePercent: 34.2,
      secondsLeft: 11_400,
      errors: 0,
    },
  },
);

export const draidRebuilding = poolFromConfig(
  `
  dr                                      DEGRADED     0     0     0
    draid1:3d:8c:1s-0                     DEGRADED     0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0003    ONLINE       0     0     0
      spare-1                             DEGRADED     0     0     0
        scsi-0QEMU_QEMU_HARDDISK_WD-0004  FAULTED      0     0     0  external device fault
        draid1-0-0                        ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0005    ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0007    ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0008    ONLINE       0     0     0
  spares
    draid1-0-0                            INUSE     currently in use`,
  {
    sizeBytes: 9 * TIB,
    allocatedBytes: 81 * 1024 ** 2,
    capacityPercent: 0,
    dataErrors: 0,
    actionText: 'Wait for the resilver to complete.',
    activities: [
      { kind: 'rebuild', state: 'running', vdev: 'draid1:3d:8c:1s-0', donePercent: 12.5, errors: 0 },
    ],
    scan: { function: 'scrub', state: 'finished', endedAtMs: Date.UTC(2026, 10, 20, 19, 26), errors: 0 },
  },
);

export const singleDiskWithDataErrors = poolFromConfig(
  `
  my pool                             ONLINE       0     0     0
    scsi-0QEMU_QEMU_HARDDISK_WD-0018  ONLINE       0     0   322`,
  {
    sizeBytes: 1.8 * TIB,
    allocatedBytes: 1.1 * TIB,
    capacityPercent: 61,
    fragmentationPercent: 22,
    dataErrors: 129,
    statusText: 'One or more devices has experienced an error resulting in data corruption.',
    actionText: 'Restore the file in question if possible.  Otherwise restore the\nentire pool from backup.',
    scan: {
      function: 'scrub',
      state: 'finished',
      endedAtMs: Date.UTC(2026, 10, 22, 9, 24),
      durationSeconds: 1,
      errors: 132,
      repairedBytes: 26_624,
    },
  },
);

export const mirrorWell = poolFromConfig(
  `
  rpool                                         ONLINE       0     0     0
    mirror-0                                    ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0001-part3    ONLINE       0     0     0
      scsi-0QEMU_QEMU_HARDDISK_WD-0002-part3    ONLINE       0     0     0`,
  {
    sizeBytes: 476 * GIB,
    allocatedBytes: 214 * GIB,
    capacityPercent: 45,
    fragmentationPercent: 18,
    dataErrors: 0,
  },
);
