import type { Documents, PveGuest } from '@proxmox-monitor/protocol';
import type { HostDetail } from '../../src/api/schema.ts';
import type { InventedHost } from './hosts.ts';
import { steady, wave } from './random.ts';

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;

/** Sources of a host with Proxmox. */
export const PROXMOX_SOURCES = [
  'pveGuests',
  'pveGuestBackups',
  'pveStorages',
  'pveBackups',
  'pveReplication',
  'pveTasks',
  'sensors',
  'services',
] as const;

const NAMES = [
  'web',
  'mail',
  'db',
  'dns',
  'git',
  'files',
  'build',
  'proxy',
  'wiki',
  'monitor',
  'cache',
  'win11',
];

/** A dozen guests, as the host's name has it. Every third is a container, one is off, one a template. */
export function guestsOf({ name }: InventedHost, atMs: number): PveGuest[] {
  return NAMES.map((guest, index): PveGuest => {
    const share = steady(`${name}${guest}`);
    const isOff = index === 4 || index === 10;
    const most = (index % 4 === 0 ? 16 : 4) * GIB;
    return {
      vmid: 100 + index,
      type: index % 3 === 2 ? 'lxc' : 'qemu',
      name: index === 10 ? 'debian-13-template' : `${guest}-${String(index % 3).padStart(2, '0')}`,
      status: isOff ? 'stopped' : index === 8 ? 'io-error' : 'running',
      isTemplate: index === 10,
      startsAtBoot: !isOff,
      cpus: 2 + (index % 3) * 2,
      memoryMaximumBytes: most,
      diskMaximumBytes: (32 + index * 8) * GIB,
      ...(index % 4 === 1 ? { tags: ['prod'] } : {}),
      ...(index === 3 ? { lock: 'backup' } : {}),
      ...(isOff
        ? {}
        : {
            cpuPercent: wave(`${name}${guest}`, atMs, 30 * share, 20),
            memoryUsedBytes: most * (0.2 + 0.7 * share),
            uptimeSeconds: 60 + share * 8_000_000,
            ...(index % 3 === 2 ? { diskUsedBytes: (4 + index) * GIB } : {}),
          }),
      ...(index % 4 === 2 ? { pool: 'prod', haState: 'started', memoryHostBytes: most * 1.02 } : {}),
      ...(isOff
        ? {}
        : {
            pressure: { cpuSomePercent: 1.4, ioSomePercent: 12.3, ioFullPercent: 4.1, memorySomePercent: 0 },
          }),
      valuesFrom: 'pvestatd',
      valuesAtMs: atMs,
    };
  });
}

export function guestRatesOf(host: InventedHost, atMs: number): HostDetail['rates']['guests'] {
  return guestsOf(host, atMs)
    .filter(({ status }) => status === 'running')
    .map(({ vmid }) => ({
      vmid,
      receiveBytesPerSecond: wave(`${host.name}${vmid}in`, atMs, 2e6, 2e6),
      sendBytesPerSecond: wave(`${host.name}${vmid}out`, atMs, 1e6, 1e6),
    }));
}

/** What Proxmox tells of the host. */
export function proxmoxOf(host: InventedHost, atMs: number): Documents {
  const night = atMs - (atMs % (24 * HOUR_MS)) + 2.5 * HOUR_MS;
  return {
    pveGuests: { guests: guestsOf(host, atMs) },
    pveGuestBackups: {
      guests: guestsOf(host, atMs)
        .filter((_, index) => index !== 11)
        .map(({ vmid }, index) => ({
          vmid,
          lastGoodAtMs: night - vmid * 60_000 - (index === 5 ? 72 * HOUR_MS : 0),
          lastGoodSizeBytes: (4 + index * 3) * GIB,
          lastGoodDurationSeconds: 90 + index * 140,
          ...(index === 5
            ? {
                lastFailedAtMs: night,
                lastFailedReason: 'vma_queue_write: write error - Broken pipe',
              }
            : {}),
        })),
    },
    pveStorages: {
      storages: [
        storage('local', 'dir', ['iso', 'vztmpl'], 100 * GIB, 0.34),
        storage('local-zfs', 'zfspool', ['images', 'rootdir'], 1_800 * GIB, 0.61),
        { ...storage('pbs1', 'pbs', ['backup'], 8_000 * GIB, 0.72), isShared: true },
        { name: 'nas', type: 'nfs', contents: ['backup'], isShared: true, isEnabled: true, isActive: false },
        { name: 'old-nas', type: 'nfs', contents: ['backup'], isShared: true, isEnabled: false },
      ],
    },
    pveBackups: {
      jobs: [
        {
          id: 'backup-0a1b2c3d-4e5f',
          isEnabled: true,
          selection: 'all',
          guests: [111],
          schedule: '02:30',
          nextRunAtMs: night + 24 * HOUR_MS,
          storage: 'pbs1',
          comment: 'Nightly',
        },
        {
          id: 'backup-weekly',
          isEnabled: false,
          selection: 'pool',
          pool: 'prod',
          schedule: 'sat 03:00',
          storage: 'nas',
        },
      ],
      runs: [
        { startedAtMs: night, endedAtMs: night + 2_520_000, result: 'ok', statusText: 'OK' },
        {
          startedAtMs: night - 24 * HOUR_MS,
          endedAtMs: night - 23 * HOUR_MS,
          result: 'failed',
          statusText: 'job errors',
        },
        {
          startedAtMs: night - 48 * HOUR_MS,
          endedAtMs: night - 47 * HOUR_MS,
          result: 'warnings',
          statusText: 'WARNINGS: 2',
          vmid: 104,
        },
      ],
      uncoveredGuests: [111],
    },
    pveReplication: {
      jobs: [
        {
          id: '100-0',
          vmid: 100,
          target: 'pve-02',
          isEnabled: true,
          schedule: '*/15',
          lastSyncAtMs: atMs - 400_000,
          nextSyncAtMs: atMs + 500_000,
          failCount: 0,
        },
        {
          id: '103-0',
          vmid: 103,
          target: 'pve-03',
          isEnabled: true,
          schedule: '*/30',
          lastSyncAtMs: atMs - 90 * 60_000,
          failCount: 3,
          error: "command 'ssh root@192.0.2.3' failed: exit code 255",
        },
      ],
    },
    pveTasks: {
      running: [{ type: 'vzdump', id: '103', user: 'root@pam', startedAtMs: atMs - 4 * 60_000 }],
      failed: [
        {
          type: 'aptupdate',
          user: 'root@pam',
          startedAtMs: atMs - 7 * HOUR_MS,
          endedAtMs: atMs - 7 * HOUR_MS + 20_000,
          statusText: "command 'apt-get update' failed: exit code 100",
        },
      ],
    },
    sensors: {
      temperatures: [
        {
          key: 'a',
          chip: 'k10temp',
          label: 'Tctl',
          celsius: wave(`${host.name}t`, atMs, 52, 8),
          criticalCelsius: 95,
        },
        { key: 'b', chip: 'nvme', label: 'Composite', celsius: 71.9, maximumCelsius: 69.9, isAlarm: true },
      ],
      fans: [{ key: 'c', chip: 'nct6798', label: 'CPU fan', rotationsPerMinute: 1_120 }],
    },
    services: {
      failed: [{ unit: 'mnt-nas.mount', description: '/mnt/nas' }],
      services: ['pve-cluster', 'pvedaemon', 'pveproxy', 'pvestatd', 'corosync'].map((name) => ({
        unit: `${name}.service`,
        description: `Proxmox ${name}`,
        activeState: name === 'corosync' ? 'inactive' : 'active',
        subState: name === 'corosync' ? 'dead' : 'running',
        restarts: name === 'pvestatd' ? 2 : 0,
        isExpected: name !== 'corosync',
      })),
    },
  };
}

function storage(name: string, type: string, contents: string[], totalBytes: number, share: number) {
  return {
    name,
    type,
    contents,
    isShared: false,
    isEnabled: true,
    isActive: true,
    totalBytes,
    usedBytes: totalBytes * share,
  };
}
