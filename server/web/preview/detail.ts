import type { Documents, Source } from '@proxmox-monitor/protocol';
import type { HostDetail } from '../../src/api/schema.ts';
import { healed } from './healed.ts';
import { madeHostile } from './hostile.ts';
import type { InventedHost } from './hosts.ts';
import { withProblems } from './problems.ts';
import { guestRatesOf, PROXMOX_SOURCES, proxmoxOf } from './proxmox.ts';
import { steady, wave } from './random.ts';
import { recordedDetail } from './recorded.ts';
import { storageDocuments } from './storage-documents.ts';
import { plainSummaryOf } from './summary.ts';
import { BACKUP_SERVER, CEPH, upkeepDocuments } from './upkeep.ts';

const GIB = 1024 ** 3;
/** Sources that give a document of any host. */
const EVERYWHERE = [
  'cpu',
  'load',
  'memory',
  'swap',
  'pressure',
  'uptime',
  'diskIo',
  'network',
  'filesystems',
  'zfsPools',
  'zfsArc',
];
const SOURCES = [
  ...EVERYWHERE,
  'zfsDatasets',
  'zfsSnapshots',
  'zfsDamagedFiles',
  'smart',
  'mdRaid',
  'pveNode',
  'upkeep',
  'certificates',
  'ceph',
  'pbs',
  ...PROXMOX_SOURCES,
];
const NO_COUNTS = {
  receivedPackets: 0,
  sentPackets: 0,
  receiveErrors: 0,
  sendErrors: 0,
  receiveDrops: 0,
  sendDrops: 0,
};

/** A row of the fleet as the server would make it. */
export function summaryOf(host: InventedHost, nowMs: number): HostDetail['summary'] {
  return detailOf(host, nowMs).summary;
}

/** All about a host as the server would tell it. */
export function detailOf(host: InventedHost, nowMs: number): HostDetail {
  return withProblems(plainDetailOf(host, nowMs), host);
}

function plainDetailOf(host: InventedHost, nowMs: number): HostDetail {
  const summary = plainSummaryOf(host, nowMs);
  if (host.recorded !== undefined) return recordedDetail(host.recorded, summary, nowMs);
  if (summary.lastSeenAtMs === undefined) {
    return {
      serverTimeMs: nowMs,
      summary,
      rates: { disks: [], interfaces: [], guests: [] },
      documents: {},
      sources: [],
    };
  }
  const atMs = summary.lastSeenAtMs;
  const at = { receivedAtMs: atMs, takenAtMs: atMs };
  const friendly: Documents = {
    ...proxmoxOf(host, atMs),
    ...upkeepDocuments(host.name, atMs),
    ...(host.condition === 'noHelper'
      ? {}
      : storageDocuments(
          host,
          atMs,
          disksOf(host).map(({ name }) => name),
        )),
    ...(host.name === 'pve-12' || host.isHostile ? { ceph: CEPH } : {}),
    ...(host.name === 'off-01' || host.isHostile ? { pbs: BACKUP_SERVER } : {}),
  };
  const told = host.isSick === true || host.isHostile === true ? friendly : healed(friendly, atMs);
  const documents = host.isHostile === true ? madeHostile(told) : told;
  const hasZfs = host.pools.length > 0;
  return {
    serverTimeMs: nowMs,
    summary,
    facts: {
      hostname: host.name,
      operatingSystem: 'Debian GNU/Linux 13 (trixie)',
      kernel: '6.17.2-1-pve',
      architecture: 'x86_64',
      cpuModel: 'AMD EPYC 7543P 32-Core Processor',
      ...(hasZfs ? { zfsVersion: '2.3.4' } : {}),
    },
    bootId: 'a3f5',
    clockSkewMs: 120,
    rates: ratesOf(host, summary.lastSeenAtMs),
    documents: {
      uptime: { ...at, body: { uptimeSeconds: 9_712_000 } },
      swap: { ...at, body: { totalBytes: 8 * GIB, freeBytes: 7.6 * GIB } },
      pressure: { ...at, body: { io: pressure(1.4), cpu: pressure(0.3), memory: pressure(0) } },
      diskIo: { ...at, body: { disks: disksOf(host) } },
      network: { ...at, body: { interfaces: interfacesOf() } },
      filesystems: { ...at, body: { filesystems: filesystemsOf(host) } },
      ...(hasZfs
        ? { zfsPools: { ...at, body: { pools: [...host.pools] } }, zfsArc: { ...at, body: arcOf(host) } }
        : {}),
      ...Object.fromEntries(Object.entries(documents).map(([name, body]) => [name, { ...at, body }])),
    },
    sources: SOURCES.map((name) => ({ name, source: sourceOf(name, host, atMs, name in documents) })),
  };
}

function pressure(avg10Percent: number) {
  return {
    some: { avg10Percent, avg60Percent: avg10Percent, avg300Percent: avg10Percent, totalMicroseconds: 0 },
  };
}

function sourceOf(name: string, host: InventedHost, atMs: number, hasDocument: boolean): Source {
  const durationMs = 1 + Math.round(steady(host.name + name) * 40);
  const isOfHelper = name === 'smart' || name === 'zfsDamagedFiles' || name === 'pveGuestBackups';
  if (host.condition === 'noHelper' && isOfHelper) {
    return {
      state: name === 'pveGuestBackups' ? 'stale' : 'absent',
      sinceMs: atMs - 3 * 3_600_000,
      reason:
        name === 'pveGuestBackups'
          ? 'the helper last ran 3 h ago: systemctl status proxmox-monitor-agent-helper.service'
          : 'the helper has not run: systemctl status proxmox-monitor-agent-helper.timer',
      durationMs: 1,
      checkedAtMs: atMs,
      ...(name === 'pveGuestBackups' ? { succeededAtMs: atMs - 3 * 3_600_000 } : {}),
    };
  }
  if (!(hasDocument || EVERYWHERE.includes(name))) {
    return {
      state: 'absent',
      sinceMs: atMs - 3_600_000,
      reason: 'not on this host',
      durationMs: 1,
      checkedAtMs: atMs,
    };
  }
  if (name.startsWith('zfs') && host.pools.length === 0) {
    return {
      state: 'absent',
      sinceMs: atMs - 3_600_000,
      reason: 'no ZFS on this host',
      durationMs: 1,
      checkedAtMs: atMs,
    };
  }
  if (name === 'zfsPools' && host.condition === 'sourceStuck') {
    const sinceMs = atMs - 14 * 60_000;
    return {
      state: 'stuck',
      sinceMs,
      reason: 'zpool status ran for longer than 30 s',
      durationMs: 30_000,
      checkedAtMs: atMs,
      succeededAtMs: sinceMs,
    };
  }
  const slow = name === 'filesystems' || name === 'zfsPools';
  const checkedAtMs = slow ? atMs - 24_000 : atMs;
  return { state: 'ok', sinceMs: atMs - 86_400_000, durationMs, checkedAtMs, succeededAtMs: checkedAtMs };
}

function ratesOf(host: InventedHost, atMs: number): HostDetail['rates'] {
  return {
    guests: guestRatesOf(host, atMs),
    disks: disksOf(host).map(({ name }) => ({
      name,
      readBytesPerSecond: wave(`${host.name}${name}r`, atMs, 18e6, 16e6),
      writeBytesPerSecond: wave(`${host.name}${name}w`, atMs, 9e6, 9e6),
      busyPercent: wave(`${host.name}${name}b`, atMs, 14, 14),
    })),
    interfaces: interfacesOf()
      .filter(({ up }) => up)
      .map(({ name }) => ({
        name,
        receiveBytesPerSecond: wave(`${name}rx`, atMs, 42e6, 30e6),
        sendBytesPerSecond: wave(`${name}tx`, atMs, 6e6, 5e6),
      })),
    ...(host.pools.length > 0 ? { arcHitPercent: 98.4 } : {}),
  };
}

function disksOf(host: InventedHost) {
  const count = host.pools.length > 1 ? 6 : 2;
  return Array.from({ length: count }, (_, index) => ({
    name: index < 2 ? `nvme${index}n1` : `sd${'abcdefgh'[index - 2] ?? ''}`,
    readBytes: 0,
    writtenBytes: 0,
    readOperations: 0,
    writeOperations: 0,
    busyMs: 0,
    sizeBytes: index < 2 ? 960_197_124_096 : 16_000_900_661_248,
    model: index < 2 ? 'SAMSUNG MZ7L3960HCJR-00A07' : 'ST16000NM001G-2KK103',
    serial: index < 2 ? `S662NN0W31415${8 + index}` : `ZL2A1QK${index}`,
  }));
}

function interfacesOf() {
  const nic = (name: string, up: boolean) =>
    ({
      name,
      kind: 'physical',
      up,
      ...(up ? { speedBitsPerSecond: 10e9 } : {}),
      receivedBytes: 0,
      sentBytes: 0,
      ...NO_COUNTS,
    }) as const;
  return [
    nic('eno1', true),
    { ...nic('eno2', true), receiveErrors: 12, receiveDrops: 40_211 },
    nic('enp65s0f0', false),
    { ...nic('bond0', true), kind: 'bond', speedBitsPerSecond: 20e9 } as const,
    { ...nic('vmbr0', true), kind: 'bridge', speedBitsPerSecond: undefined } as const,
  ].map(({ speedBitsPerSecond, ...rest }) => ({
    ...rest,
    ...(speedBitsPerSecond ? { speedBitsPerSecond } : {}),
  }));
}

function filesystemsOf(host: InventedHost) {
  const filesystem = (
    mountPoint: string,
    device: string,
    type: string,
    sizeGib: number,
    usedShare: number,
  ) => ({
    mountPoint,
    device,
    type,
    sizeBytes: sizeGib * GIB,
    usedBytes: sizeGib * GIB * usedShare,
    availableBytes: sizeGib * GIB * (0.95 - usedShare),
    ...(type === 'ext4' ? { inodes: 6_000_000, inodesUsed: 410_000 } : {}),
    readOnly: false,
  });
  return [
    filesystem('/', 'rpool/ROOT/pve-1', host.pools.length === 0 ? 'ext4' : 'zfs', 96, 0.31),
    filesystem('/boot/efi', '/dev/nvme0n1p2', 'vfat', 1, 0.01),
    filesystem('/var/lib/vz', '/dev/mapper/pve-data', 'ext4', 440, 0.71),
    ...(host.pools.length > 1
      ? [filesystem('/tank/subvol-131-disk-0', 'tank/subvol-131-disk-0', 'zfs', 64, 0.66)]
      : []),
  ];
}

function arcOf(host: InventedHost) {
  const sizeBytes = host.memoryGib * GIB * 0.17;
  return {
    sizeBytes,
    targetBytes: sizeBytes,
    minimumBytes: sizeBytes / 8,
    maximumBytes: sizeBytes * 1.2,
    hits: 0,
    misses: 0,
  };
}
