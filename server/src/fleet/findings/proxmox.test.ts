import type { CephDocument, Documents } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { failedBackups, uncoveredGuests } from './backups.ts';
import { ceph } from './ceph.ts';
import { cluster } from './cluster.ts';
import type { Finder } from './finding.ts';
import { guests } from './guests.ts';
import { replication } from './replication.ts';
import { NOW_MS, said } from './test-findings.ts';

const guest = (vmid: number, status: string, name?: string) => ({
  vmid,
  type: 'qemu' as const,
  status,
  isTemplate: false,
  ...(name === undefined ? {} : { name }),
});
const cephWith = (health: string, isMuted: boolean): CephDocument => ({
  health,
  checks: [{ id: 'OSD_FULL', severity: 'HEALTH_ERR', summary: '1 full osd(s)', isMuted }],
  monitors: { total: 1, inQuorum: 1 },
  osds: { total: 1, up: 1, in: 1 },
  placementGroups: { total: 0, states: [] },
});
const job = (failCount: number, isEnabled = true) => ({
  id: '104-0',
  vmid: 104,
  target: 'pve-2',
  failCount,
  isEnabled,
  error: 'no route to host.',
});

test.each<[string, Finder, Documents, string[]]>([
  ['a node that stands alone', cluster, { pveNode: { nodeName: 'a' } }, []],
  [
    'a cluster without a quorum',
    cluster,
    {
      pveNode: {
        nodeName: 'a',
        cluster: { name: 'c', quorate: false, members: [{ name: 'b', online: false }] },
      },
    },
    [
      'crit quorum: The cluster has no quorum: nothing can be started or changed.',
      'warn nodes: 1 node of the cluster offline: b.',
    ],
  ],
  [
    'guests that stopped by themselves, not those that are off',
    guests,
    {
      pveGuests: {
        guests: [
          guest(104, 'io-error', 'web'),
          guest(105, 'stopped'),
          { ...guest(106, 'stopped'), haState: 'error' },
        ],
      },
    },
    ['crit guest 104: Guest 104 web: io-error.', 'crit guest 106: Guest 106: HA error.'],
  ],
  [
    'backups that failed since the last good one, by name',
    failedBackups,
    {
      pveGuests: { guests: [guest(104, 'running', 'web')] },
      pveGuestBackups: {
        guests: [
          { vmid: 104, lastGoodAtMs: 1, lastFailedAtMs: 2 },
          { vmid: 105, lastGoodAtMs: 3, lastFailedAtMs: 2 },
          { vmid: 106, lastFailedAtMs: 4 },
        ],
      },
    },
    ['crit backup: The last backup of 2 guests failed: 104 web, 106.'],
  ],
  [
    'guests in no job',
    uncoveredGuests,
    { pveBackups: { jobs: [], runs: [], uncoveredGuests: [104] } },
    ['warn uncovered: 1 guest is in no backup job: 104.'],
  ],
  ['Ceph that is well', ceph, { ceph: cephWith('HEALTH_OK', false) }, []],
  [
    'Ceph with an error',
    ceph,
    { ceph: cephWith('HEALTH_ERR', false) },
    ['crit ceph: Ceph is HEALTH_ERR: 1 full osd(s).'],
  ],
  [
    'Ceph whose only reason is muted',
    ceph,
    { ceph: cephWith('HEALTH_WARN', true) },
    ['warn ceph: Ceph is HEALTH_WARN.'],
  ],
  [
    'replication that failed a few times',
    replication,
    { pveReplication: { jobs: [job(3)] } },
    ['warn replication 104-0: Replication of 104 to pve-2 failed 3 times: no route to host.'],
  ],
  [
    'replication that failed often',
    replication,
    { pveReplication: { jobs: [job(4)] } },
    ['crit replication 104-0: Replication of 104 to pve-2 failed 4 times: no route to host.'],
  ],
  ['replication that is off', replication, { pveReplication: { jobs: [job(4, false)] } }, []],
])('%s', (_, finder, documents, sentences) => expect(said(finder, documents)).toEqual(sentences));

test('a backup has failed since the first guest’s did', () => {
  const backups = [NOW_MS - 5, NOW_MS - 9].map((lastFailedAtMs, index) => ({
    vmid: index + 1,
    lastFailedAtMs,
  }));
  const [finding] = failedBackups.find({ pveGuestBackups: { guests: backups } }, NOW_MS);
  expect(finding?.sinceMs).toBe(NOW_MS - 9);
});

test('a name that runs the other way stays within itself', () => {
  const hostile = guest(104, 'io-error', '\u202egnp.exe');
  expect(said(guests, { pveGuests: { guests: [hostile] } })).toEqual([
    'crit guest 104: Guest 104 \u2068\u202egnp.exe\u2069: io-error.',
  ]);
});
