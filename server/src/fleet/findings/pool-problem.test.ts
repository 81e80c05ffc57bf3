import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { poolProblem } from './pool-problem.ts';

function vdev(depth: number, name: string, state = 'ONLINE', more: Partial<Vdev> = {}): Vdev {
  return { depth, name, type: depth === 0 ? 'root' : 'disk', class: 'normal', state, ...more };
}

function pool(state: string, vdevs: readonly Vdev[], more: Partial<ZfsPool> = {}): ZfsPool {
  return { name: 'rpool', state, activities: [], vdevs: [vdev(0, 'rpool', state), ...vdevs], ...more };
}

const MIRROR = [vdev(1, 'mirror-0'), vdev(2, 'sda'), vdev(2, 'sdb')];

test.each([
  ['all is well', pool('ONLINE', MIRROR)],
  ['spares wait or are in use', pool('ONLINE', [...MIRROR, vdev(1, 'sdc', 'AVAIL', { class: 'spare' })])],
  ['a single disk is well', pool('ONLINE', [vdev(1, 'sda')])],
  ['no vdevs are known', { name: 'rpool', state: 'ONLINE', activities: [], vdevs: [] }],
])('says nothing when %s', (_, well) => {
  expect(poolProblem(well)).toBeUndefined();
});

test.each<[string, ZfsPool, string, string]>([
  [
    'its only disk fails right now',
    pool('ONLINE', [vdev(1, 'sda', 'ONLINE', { writeErrors: 16_100, recentErrors: 12_000 })]),
    'crit',
    'Pool rpool is ONLINE, but sda has 16100 write errors (12000 within the last hour).',
  ],
  [
    'a disk of a mirror fails right now',
    pool('ONLINE', [
      vdev(1, 'mirror-0'),
      vdev(2, 'sda', 'ONLINE', { checksumErrors: 5 }),
      vdev(2, 'sdb', 'ONLINE', { checksumErrors: 3, recentErrors: 1 }),
    ]),
    'warn',
    'Pool rpool is ONLINE, but sdb in mirror-0 has 3 checksum errors (1 within the last hour), sda in mirror-0 has 5 checksum errors.',
  ],
  [
    'a cache fails right now',
    pool('ONLINE', [
      ...MIRROR,
      vdev(1, 'nvme0n1', 'ONLINE', { class: 'cache', readErrors: 2, recentErrors: 2 }),
    ]),
    'warn',
    'Pool rpool is ONLINE, but cache nvme0n1 has 2 read errors (2 within the last hour).',
  ],
  [
    'a disk of a mirror is faulted',
    pool('DEGRADED', [
      vdev(1, 'mirror-0', 'DEGRADED'),
      vdev(2, 'ata-A'),
      vdev(2, 'ata-B', 'FAULTED', { note: 'too many errors' }),
    ]),
    'crit',
    'Pool rpool is DEGRADED: ata-B in mirror-0 is FAULTED (too many errors).',
  ],
  [
    'a disk is gone and known only by its number',
    pool('DEGRADED', [
      vdev(1, 'raidz1-0', 'DEGRADED'),
      vdev(2, 'sda'),
      vdev(2, '9234567890123456789', 'UNAVAIL', { formerPath: '/dev/sdb1' }),
    ]),
    'crit',
    'Pool rpool is DEGRADED: 9234567890123456789 (was /dev/sdb1) in raidz1-0 is UNAVAIL.',
  ],
  [
    'a disk is being replaced inside of a raidz',
    pool('DEGRADED', [
      vdev(1, 'raidz2-0', 'DEGRADED'),
      vdev(2, 'replacing-1', 'DEGRADED'),
      vdev(3, 'old', 'OFFLINE'),
      vdev(3, 'new'),
      vdev(2, 'sdc'),
    ]),
    'crit',
    'Pool rpool is DEGRADED: old in raidz2-0 is OFFLINE.',
  ],
  [
    'disks of the second mirror follow one of the first',
    pool('UNAVAIL', [
      vdev(1, 'mirror-0', 'DEGRADED'),
      vdev(2, 'a', 'REMOVED'),
      vdev(2, 'b'),
      vdev(1, 'mirror-1', 'UNAVAIL'),
      ...['c', 'd', 'e', 'f'].map((name) => vdev(2, name, 'UNAVAIL')),
    ]),
    'crit',
    'Pool rpool is UNAVAIL: a in mirror-0 is REMOVED, c in mirror-1 is UNAVAIL, d in mirror-1 is UNAVAIL, and 2 more.',
  ],
  [
    'a pool of one disk is suspended and no leaf says why',
    pool('SUSPENDED', [vdev(1, 'sda')], {
      statusText: 'One or more devices are faulted in response to IO failures.',
    }),
    'crit',
    'Pool rpool is SUSPENDED: One or more devices are faulted in response to IO failures.',
  ],
  ['nothing says why', pool('FAULTED', []), 'crit', 'Pool rpool is FAULTED.'],
  [
    'data is lost in a pool that is ONLINE',
    pool('ONLINE', MIRROR, { dataErrors: 2 }),
    'crit',
    'Pool rpool is ONLINE. It has 2 permanent data errors: "zpool status -v rpool" names the files to restore.',
  ],
  [
    'data is lost in a pool that is DEGRADED: one problem, not two',
    pool('DEGRADED', [vdev(1, 'sda', 'DEGRADED')], { dataErrors: 1 }),
    'crit',
    'Pool rpool is DEGRADED: sda is DEGRADED. It has 1 permanent data error: "zpool status -v rpool" names the files to restore.',
  ],
  [
    'a leaf has counted errors',
    pool('ONLINE', [
      vdev(1, 'mirror-0'),
      vdev(2, 'sda'),
      vdev(2, 'sdb', 'ONLINE', { readErrors: 2, checksumErrors: 3 }),
    ]),
    'warn',
    'Pool rpool is ONLINE, but sdb in mirror-0 has 2 read and 3 checksum errors.',
  ],
  [
    'a leaf has counted one error',
    pool('ONLINE', [vdev(1, 'sda', 'ONLINE', { writeErrors: 1 })]),
    'warn',
    'Pool rpool is ONLINE, but sda has 1 write error.',
  ],
  [
    'a spare is missing',
    pool('ONLINE', [...MIRROR, vdev(1, 'sdz', 'UNAVAIL', { class: 'spare' })]),
    'warn',
    'Pool rpool is ONLINE, but spare sdz is UNAVAIL.',
  ],
])('names the culprit when %s', (_, unwell, severity, sentence) => {
  expect(poolProblem(unwell)).toEqual({ severity, sentence });
});
