import type { FilesystemsDocument, ZfsPool, ZfsScan } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { HostDetail, HostSummary } from '../api/schema.ts';
import { detailOf } from './detail.ts';
import { poolsOf, summaryOf, worstFilesystem } from './summary.ts';
import { hostReading, moment, NOW_MS, withPools } from './test-reading.ts';

const GIB = 1024 ** 3;

const FULL = hostReading({
  documents: {
    cpu: {
      logicalCpus: 8,
      userSeconds: 1,
      niceSeconds: 0,
      systemSeconds: 1,
      idleSeconds: 1,
      ioWaitSeconds: 0,
      irqSeconds: 0,
      softIrqSeconds: 0,
      stealSeconds: 0,
      guestSeconds: 0,
      guestNiceSeconds: 0,
    },
    memory: {
      totalBytes: 64 * GIB,
      freeBytes: GIB,
      availableBytes: 20 * GIB,
      buffersBytes: 0,
      cachedBytes: 0,
      zfsArcBytes: 16 * GIB,
      zfsArcMinimumBytes: 2 * GIB,
    },
    load: { load1: 1.5, load5: 1, load15: 0.5, runnableTasks: 2, tasks: 300 },
    network: {
      interfaces: [
        { ...nic('eno1'), kind: 'physical' },
        { ...nic('vmbr0'), kind: 'bridge' },
      ],
    },
  },
  cpu: { usedPercent: 12.5, ioWaitPercent: 1 },
  rates: {
    disks: [],
    guests: [],
    interfaces: ['eno1', 'vmbr0'].map((name) => ({
      name,
      receiveBytesPerSecond: 100,
      sendBytesPerSecond: 50,
    })),
  },
  host: { facts: JSON.stringify({ hostname: 'pve' }) },
});

function nic(name: string) {
  return {
    name,
    receivedBytes: 0,
    sentBytes: 0,
    receivedPackets: 0,
    sentPackets: 0,
    receiveErrors: 0,
    sendErrors: 0,
    receiveDrops: 0,
    sendDrops: 0,
  };
}

describe('summaryOf', () => {
  test('shows what a live host sent', () => {
    const summary = summaryOf(FULL, moment());
    expect(Value.Check(HostSummary, summary)).toBe(true);
    expect(summary).toMatchObject({
      name: 'pve-01',
      state: 'live',
      severity: 'ok',
      problems: [],
      lastSeenAtMs: NOW_MS - 2_000,
      cpu: { logicalCpus: 8, usedPercent: 12.5, ioWaitPercent: 1 },
      load: { load1: 1.5, load5: 1, load15: 0.5 },
      // 64 - 20 - (16 - 2): what the ARC could give back is not used
      memory: { totalBytes: 64 * GIB, usedBytes: 30 * GIB, usedPercent: 46.875, arcBytes: 16 * GIB },
      // the bridge carries the same bytes once more
      network: { receiveBytesPerSecond: 100, sendBytesPerSecond: 50 },
    });
    expect(summary).not.toHaveProperty('pools');
    expect(summary).not.toHaveProperty('worstFilesystem');
  });

  test('a host that never reported waits; it is neither well nor silent', () => {
    const host = { lastSeenAtMs: null, agentVersion: null };
    const summary = summaryOf({ ...hostReading({ host }), latest: undefined }, moment());
    expect(Value.Check(HostSummary, summary)).toBe(true);
    expect(summary).toMatchObject({ state: 'waiting', severity: 'info', problems: [] });
    expect(summary).not.toHaveProperty('lastSeenAtMs');
    expect(summary).not.toHaveProperty('cpu');
  });

  test('a silent host keeps its last values', () => {
    const summary = summaryOf(FULL, moment({ nowMs: NOW_MS + 60_000 }));
    expect(summary).toMatchObject({ state: 'silent', severity: 'silent', memory: { usedBytes: 30 * GIB } });
  });

  test('a pool that is not ONLINE makes the host one that wants attention', () => {
    const reading = hostReading(withPools([{ name: 'rpool', state: 'DEGRADED', activities: [], vdevs: [] }]));
    expect(summaryOf(reading, moment())).toMatchObject({ state: 'attention', severity: 'crit' });
  });
});

test('detailOf gives documents with their age, and nothing that only computing needs', () => {
  const detail = detailOf(FULL, moment());
  expect(Value.Check(HostDetail, detail)).toBe(true);
  expect(Object.keys(detail.documents.load ?? {})).toEqual(['receivedAtMs', 'takenAtMs', 'body']);
  expect(detail.facts).toEqual({ hostname: 'pve' });
  expect(JSON.stringify(detail)).not.toContain('tokenHash');
});

test.each(['{', '[]', '{"hostname":7}'])(
  'detailOf leaves out facts that are damaged in the database: %s',
  (facts) => {
    expect(detailOf(hostReading({ host: { facts } }), moment())).not.toHaveProperty('facts');
  },
);

describe('worstFilesystem', () => {
  const filesystem = (mountPoint: string, used: number, size: number, more = {}): FilesystemsDocument => ({
    filesystems: [
      {
        mountPoint,
        device: '/dev/sda1',
        type: 'ext4',
        sizeBytes: size * GIB,
        usedBytes: used * GIB,
        availableBytes: (size - used) * GIB,
        readOnly: false,
        ...more,
      },
    ],
  });
  const all = (...documents: FilesystemsDocument[]) => ({
    filesystems: documents.flatMap((each) => each.filesystems),
  });

  test('is the fullest by percent', () => {
    expect(
      worstFilesystem(all(filesystem('/', 5, 10), filesystem('/var', 3, 4), filesystem('/srv', 40, 100))),
    ).toEqual({ mountPoint: '/var', usedPercent: 75, usedBytes: 3 * GIB, sizeBytes: 4 * GIB });
  });

  test('counts as df does: reserved blocks are neither used nor free', () => {
    expect(worstFilesystem(filesystem('/', 90, 100, { availableBytes: 5 * GIB }))?.usedPercent).toBeCloseTo(
      94.7,
      1,
    );
  });

  test('is never one that is full by design', () => {
    const squashed = filesystem('/snap/x', 1, 1, { readOnly: true });
    const firmware = filesystem('/boot/efi', 0.03, 0.03);
    expect(worstFilesystem(all(squashed, firmware))).toBeUndefined();
    expect(worstFilesystem(all(squashed, firmware, filesystem('/', 1, 10)))?.mountPoint).toBe('/');
  });

  test('is not confused by one without any block', () => {
    expect(worstFilesystem(filesystem('/empty', 0, 1, { availableBytes: 0 }))?.usedPercent).toBe(0);
  });
});

test('a host with nothing but what is worth knowing is well', () => {
  const upkeep = { rebootReasons: ['a new kernel'], packages: [] };
  const summary = summaryOf(hostReading({ documents: { upkeep } }), moment());
  expect([summary.state, summary.severity, summary.problems.length]).toEqual(['live', 'ok', 1]);
});

test('guests are counted without templates', () => {
  const guest = { vmid: 1, type: 'qemu' as const, status: 'running', isTemplate: false };
  const guests = [guest, { ...guest, status: 'stopped' }, { ...guest, status: 'stopped', isTemplate: true }];
  expect(summaryOf(hostReading({ documents: { pveGuests: { guests } } }), moment()).guests).toEqual({
    total: 2,
    running: 1,
  });
});

test('poolsOf finds the unwell, the fullest and the scrub that is longest ago', () => {
  const scan = (endedAtMs: number, more: Partial<ZfsScan> = {}): ZfsScan => ({
    function: 'scrub',
    state: 'finished',
    endedAtMs,
    ...more,
  });
  const pool = (name: string, more: Partial<ZfsPool>): ZfsPool => ({
    name,
    state: 'ONLINE',
    activities: [],
    vdevs: [],
    ...more,
  });
  const pools = [
    pool('rpool', { capacityPercent: 40, scan: scan(2_000) }),
    pool('tank', { capacityPercent: 87, scan: scan(1_000) }),
    pool('resilvered', { scan: scan(10, { function: 'resilver' }), lastScrub: scan(900) }),
    pool('resilvered since the agent knows it', { scan: scan(10, { function: 'resilver' }) }),
    pool('scrubbing', { scan: scan(10, { state: 'running' }) }),
    pool('lost', { state: 'UNAVAIL' }),
  ];
  expect(poolsOf(pools, hostReading(withPools(pools)))).toEqual({
    total: 6,
    unwell: [{ name: 'lost', state: 'UNAVAIL', severity: 'crit' }],
    fullestPercent: 87,
    fullestName: 'tank',
    lastScrubAtMs: 900,
  });
});
