import type { Documents } from '@proxmox-monitor/protocol';
import { steady } from './random.ts';

const DAY_MS = 24 * 3_600_000;

/** Updates, certificates and the cluster of a host. */
export function upkeepDocuments(name: string, atMs: number): Documents {
  const isCurrent = steady(`${name}upkeep`) < 0.4;
  return {
    upkeep: {
      updates: isCurrent
        ? { count: 0, securityCount: 0, packages: [], listsAtMs: atMs - 5 * 3_600_000 }
        : waiting(atMs),
      rebootReasons: isCurrent
        ? []
        : ['the kernel 6.17.4-1-pve is installed, 6.17.2-1-pve runs', 'libc6 was updated'],
      runningKernel: '6.17.2-1-pve',
      installedKernel: isCurrent ? '6.17.2-1-pve' : '6.17.4-1-pve',
      packages: [
        ['pve-manager', '9.1.2'],
        ['qemu-server', '9.1.1'],
        ['pve-container', '6.0.18'],
        ['zfsutils-linux', '2.3.4-pve1'],
        ['ceph-common', '19.2.3-pve1'],
      ].map(([pkg = '', version = '']) => ({ name: pkg, version })),
      subscription: isCurrent
        ? {
            status: 'active',
            level: 'c',
            product: 'Proxmox VE Community Subscription',
            nextDueAtMs: atMs + 99 * DAY_MS,
          }
        : { status: 'notfound' },
      timeSync: isCurrent
        ? { isSynchronized: true, service: 'chrony' }
        : { isSynchronized: false, service: 'systemd-timesyncd' },
    },
    certificates: {
      certificates: [
        certificate(
          '/etc/pve/pve-root-ca.pem',
          'Proxmox Virtual Environment',
          [],
          atMs + 3_400 * DAY_MS,
          true,
        ),
        certificate(
          `/etc/pve/nodes/${name.slice(0, 100)}/pve-ssl.pem`,
          `${name}.example.net`,
          [name, `${name}.example.net`, '192.0.2.7'],
          atMs + 512 * DAY_MS,
        ),
        certificate(
          `/etc/pve/nodes/${name.slice(0, 100)}/pveproxy-ssl.pem`,
          `${name}.example.net`,
          [`${name}.example.net`],
          atMs + (isCurrent ? 61 : 4.5) * DAY_MS,
        ),
      ],
    },
    pveNode: {
      nodeName: name,
      version: '9.1.2',
      cluster: {
        name: 'vienna',
        quorate: true,
        members: ['pve-01', 'pve-02', 'pve-03', 'pve-07', 'pve-12'].map((member, index) => ({
          name: member,
          id: index + 1,
          online: isCurrent || index !== 2,
          address: `192.0.2.${index + 1}`,
        })),
      },
      ha: {
        managerNode: 'pve-02',
        managerSeenAtMs: atMs - 4_000,
        localState: 'active',
        localMode: 'active',
        localSeenAtMs: atMs - 3_000,
        nodes: ['pve-01', 'pve-02', 'pve-03', 'pve-07', 'pve-12'].map((member, index) => ({
          name: member,
          state: isCurrent || index !== 2 ? (index === 4 ? 'maintenance' : 'online') : 'unknown',
        })),
      },
      reportedAtMs: atMs - 4_000,
    },
  };
}

function waiting(atMs: number) {
  return {
    count: 14,
    securityCount: 3,
    packages: Array.from({ length: 14 }, (_, index) => ({
      name:
        [
          'openssl',
          'libssl3t64',
          'sudo',
          'pve-manager',
          'qemu-server',
          'zfsutils-linux',
          'proxmox-kernel-6.17',
        ][index % 7] + (index < 7 ? '' : `-extra-${index}`),
      version: `1.2.${index}-1`,
      ...(index === 6 ? {} : { installedVersion: `1.1.${index}-1` }),
      isSecurity: index < 3,
    })),
    listsAtMs: atMs - 9 * DAY_MS,
  };
}

function certificate(path: string, subject: string, names: string[], validToMs: number, isAuthority = false) {
  return {
    path,
    subject,
    issuer: isAuthority ? subject : 'Proxmox Virtual Environment',
    names,
    validFromMs: validToMs - 3_650 * DAY_MS,
    validToMs,
    isAuthority,
  };
}

/** Ceph and a backup server, for the hosts that are to have them. */
export const CEPH: NonNullable<Documents['ceph']> = {
  health: 'HEALTH_WARN',
  checks: [
    { id: 'OSD_DOWN', severity: 'HEALTH_WARN', summary: '1 osds down', isMuted: false },
    {
      id: 'PG_DEGRADED',
      severity: 'HEALTH_WARN',
      summary: 'Degraded data redundancy: 1204/90210 objects degraded (1.335%), 32 pgs degraded',
      isMuted: false,
    },
    {
      id: 'AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED',
      severity: 'HEALTH_WARN',
      summary: 'mons are allowing insecure global_id reclaim',
      isMuted: true,
    },
  ],
  monitors: { total: 3, inQuorum: 3 },
  osds: { total: 12, up: 11, in: 12 },
  placementGroups: {
    total: 256,
    states: [
      { state: 'active+clean', count: 224 },
      { state: 'active+undersized+degraded', count: 32 },
    ],
  },
  totalBytes: 40 * 1024 ** 4,
  usedBytes: 22 * 1024 ** 4,
  availableBytes: 18 * 1024 ** 4,
};

export const BACKUP_SERVER: NonNullable<Documents['pbs']> = {
  version: '4.0.14',
  datastores: [
    {
      name: 'main',
      path: '/mnt/datastore/main',
      garbageCollectionSchedule: 'daily',
      comment: 'Vienna and Graz',
    },
    { name: 'tape', path: '/mnt/datastore/tape', maintenanceMode: 'read-only' },
  ],
};
