import type { CephDocument, PveNodeDocument } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import { NOW_MS } from '../fleet/test-hosts.ts';
import { detailWith, textOf } from '../host/test-detail.ts';
import { BackupServerSection } from './backup-server-section.tsx';
import { CephSection } from './ceph-section.tsx';
import { ClusterSection } from './cluster-section.tsx';
import { guestBackupRows } from './guest-backup-rows.ts';

const HOUR_MS = 3_600_000;

describe('a cluster', () => {
  const pveNode: PveNodeDocument = {
    nodeName: 'pve-01',
    cluster: {
      name: 'vienna',
      quorate: false,
      members: [
        { name: 'pve-01', online: true, address: '192.0.2.1' },
        { name: 'pve-02', online: false },
        { name: 'pve-03', online: true },
      ],
    },
    ha: {
      managerNode: 'pve-03',
      localState: 'wait_for_agent_lock',
      nodes: [{ name: 'pve-03', state: 'fence' }],
    },
  };

  test('says what no quorum means, and shows its nodes worst first', () => {
    const text = textOf(render(<ClusterSection detail={detailWith({ documents: { pveNode } })} />));
    expect(text).toContain('vienna , 2 of 3 nodes online, no quorum');
    expect(text).toContain('/etc/pve is read-only');
    const places = [
      'pve-03',
      'Critical: fence',
      'pve-02',
      'Warning: offline',
      'pve-01 this one',
      '192.0.2.1',
    ].map((part) => text.indexOf(part));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((first, second) => first - second));
    expect(text).toContain('This node wait_for_agent_lock');
  });

  test('is no part of a node that stands alone', () => {
    expect(
      render(<ClusterSection detail={detailWith({ documents: { pveNode: { nodeName: 'pve-01' } } })} />),
    ).toBe('');
  });
});

describe('Ceph', () => {
  const ceph: CephDocument = {
    health: 'HEALTH_WARN',
    checks: [
      { id: 'MUTED', severity: 'HEALTH_ERR', summary: 'known', isMuted: true },
      { id: 'OSD_DOWN', severity: 'HEALTH_WARN', summary: '1 osds down', isMuted: false },
    ],
    monitors: { total: 3, inQuorum: 3 },
    osds: { total: 12, up: 11, in: 12 },
    placementGroups: { total: 256, states: [{ state: 'active+clean', count: 256 }] },
  };

  test('says what it complains of, what was muted last', () => {
    const text = textOf(render(<CephSection detail={detailWith({ documents: { ceph } })} />));
    expect(text).toMatch(/HEALTH_WARN .*1 osds down OSD_DOWN .*Muted: known MUTED, muted/);
    expect(text).toContain('OSDs up Warning: 11 of 12');
    expect(text).toContain('256, 256 active+clean');
  });
});

test('a backup server shows its datastores and what is being done to them', () => {
  const pbs = {
    version: '4.0.14',
    datastores: [
      {
        name: 'main',
        path: '/mnt/main',
        maintenanceMode: 'read-only,message=moving',
        garbageCollectionSchedule: 'daily',
      },
    ],
  };
  const text = textOf(render(<BackupServerSection detail={detailWith({ documents: { pbs } })} />));
  expect(text).toMatch(/version 4\.0\.14, 1 datastore .* main .*read-only moving daily \/mnt\/main/);
});

describe('backups of guests', () => {
  const job = (id: string, more: object) => ({ id, isEnabled: true, selection: 'guests', ...more }) as const;
  const rows = guestBackupRows(
    detailWith({
      documents: {
        pveGuests: {
          guests: [100, 101, 102, 103, 104].map((vmid) => ({
            vmid,
            type: 'qemu',
            status: 'running',
            isTemplate: false,
            ...(vmid === 103 ? { pool: 'prod' } : {}),
          })),
        },
        pveBackups: {
          jobs: [
            job('late', { guests: [100, 101], nextRunAtMs: NOW_MS + 9 * HOUR_MS }),
            job('early', { guests: [100], nextRunAtMs: NOW_MS + HOUR_MS }),
            job('pool', { selection: 'pool', pool: 'prod' }),
            { ...job('off', { selection: 'all' }), isEnabled: false },
          ],
          runs: [],
          uncoveredGuests: [102, 104],
        },
        pveGuestBackups: {
          guests: [
            { vmid: 100, lastGoodAtMs: NOW_MS - 3 * HOUR_MS, lastFailedAtMs: NOW_MS - 30 * HOUR_MS },
            { vmid: 101, lastGoodAtMs: NOW_MS - 30 * HOUR_MS, lastFailedAtMs: NOW_MS - 6 * HOUR_MS },
            { vmid: 102, lastGoodAtMs: NOW_MS - 99 * HOUR_MS },
          ],
        },
      },
    }),
  );

  test('begin with the one that failed last, and end with what was saved last', () => {
    expect(rows.map(({ vmid, severity, text }) => [vmid, severity, text])).toEqual([
      [101, 'crit', 'failed'],
      [104, 'silent', 'none yet'],
      [103, 'info', 'none yet'],
      [102, 'ok', 'good'],
      [100, 'ok', 'good'],
    ]);
  });

  test('name the jobs that are to run, the next one first', () => {
    const jobsOf = (vmid: number): string[] | undefined =>
      rows.find((row) => row.vmid === vmid)?.jobs.map(({ id }) => id);
    expect([100, 101, 102, 103].map(jobsOf)).toEqual([['early', 'late'], ['late'], [], ['pool']]);
  });
});
