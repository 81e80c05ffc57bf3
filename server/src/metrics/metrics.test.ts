import type { CpuDocument, DiskIoDocument, NetworkDocument, ZfsArcDocument } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { arcHitPercent } from './arc.ts';
import { cpuUsage } from './cpu.ts';
import { diskRates } from './disks.ts';
import { memoryUsage } from './memory.ts';
import { networkRates, networkTotal } from './network.ts';
import { counterRate, elapsedMs } from './reading.ts';
import { sampleValues } from './sample-values.ts';

const cpu: CpuDocument = {
  logicalCpus: 2,
  userSeconds: 100,
  niceSeconds: 10,
  systemSeconds: 50,
  idleSeconds: 1000,
  ioWaitSeconds: 40,
  irqSeconds: 0,
  softIrqSeconds: 5,
  stealSeconds: 0,
  guestSeconds: 60,
  guestNiceSeconds: 0,
};

test('CPU use is everything but idle and waiting, and guests are not counted twice', () => {
  const later = {
    ...cpu,
    userSeconds: 104,
    guestSeconds: 64,
    systemSeconds: 51,
    idleSeconds: 1012,
    ioWaitSeconds: 43,
  };
  expect(cpuUsage(cpu, later)).toEqual({ usedPercent: 25, ioWaitPercent: 15 });
});

test('idle or waiting time that steps back a little is no time, not a negative one', () => {
  const later = { ...cpu, userSeconds: 110, idleSeconds: 999.9, ioWaitSeconds: 39.5 };
  expect(cpuUsage(cpu, later)).toEqual({ usedPercent: 100, ioWaitPercent: 0 });
});

test.each([
  ['no time between the readings', cpu, cpu],
  ['counters that started anew', cpu, { ...cpu, userSeconds: 1, systemSeconds: 1, idleSeconds: 3 }],
])('%s give no CPU use', (_name, previous, current) => {
  expect(cpuUsage(previous, current)).toBeUndefined();
});

test('a rate is per second, and none when the counter went back', () => {
  expect(counterRate(1_000, 6_000, 2_500)).toBe(2_000);
  expect(counterRate(6_000, 6_000, 2_500)).toBe(0);
  expect(counterRate(6_000, 1_000, 2_500)).toBeUndefined();
});

const reading = { streamId: 1, bootId: 'a', monotonicMs: 50_000, takenAtMs: 1_000_000 };

test.each([
  [
    'within a run the monotonic clock counts, whatever the wall clock does',
    { monotonicMs: 60_000, takenAtMs: 5 },
    10_000,
  ],
  ['an older reading', { monotonicMs: 40_000 }, undefined],
  ['the same reading', {}, undefined],
  ['after an outage', { monotonicMs: 50_000 + 301_000 }, undefined],
  ['a new run within a boot', { streamId: 2, monotonicMs: 10, takenAtMs: 1_008_000 }, 8_000],
  ['a new run whose wall clock went back', { streamId: 2, monotonicMs: 10, takenAtMs: 900_000 }, undefined],
  [
    'a new run after a reboot',
    { streamId: 2, bootId: 'b', monotonicMs: 10, takenAtMs: 1_008_000 },
    undefined,
  ],
  [
    'a new run of a host that does not say its boot',
    { streamId: 2, bootId: undefined, takenAtMs: 1_008_000 },
    undefined,
  ],
])('elapsed time: %s', (_name, changes, elapsed) => {
  expect(elapsedMs(reading, { ...reading, ...changes })).toBe(elapsed);
});

test('two runs that do not know their boot are not taken for the same boot', () => {
  const unknown = { ...reading, bootId: undefined };
  expect(elapsedMs(unknown, { ...unknown, streamId: 2, takenAtMs: 1_008_000 })).toBeUndefined();
});

function disk(name: string, readBytes: number, writtenBytes: number, busyMs: number, serial = name) {
  return { name, readBytes, writtenBytes, readOperations: 0, writeOperations: 0, busyMs, serial };
}

test('disks have rates by name; a new, a replaced and a reset one has none', () => {
  const previous: DiskIoDocument = {
    disks: [
      disk('sda', 0, 0, 0),
      disk('sdb', 9_000, 0, 0),
      disk('sdc', 0, 0, 0, 'old'),
      disk('sde', 0, 0, 0),
    ],
  };
  const current: DiskIoDocument = {
    disks: [
      disk('sda', 20_000, 5_000, 4_000),
      disk('sdb', 1_000, 0, 0),
      disk('sdc', 1_000, 0, 0, 'new'),
      disk('sdd', 1, 1, 1),
      disk('sde', 0, 0, 10_050),
    ],
  };
  expect(diskRates(previous, current, 10_000)).toEqual([
    { name: 'sda', readBytesPerSecond: 2_000, writeBytesPerSecond: 500, busyPercent: 40 },
    { name: 'sde', readBytesPerSecond: 0, writeBytesPerSecond: 0, busyPercent: 100 },
  ]);
});

function nic(
  name: string,
  kind: NetworkDocument['interfaces'][number]['kind'],
  received: number,
  sent: number,
) {
  const none = {
    receivedPackets: 0,
    sentPackets: 0,
    receiveErrors: 0,
    sendErrors: 0,
    receiveDrops: 0,
    sendDrops: 0,
  };
  return { name, kind, receivedBytes: received, sentBytes: sent, ...none };
}

test('the host sends what its physical interfaces send; bonds and bridges carry the same again', () => {
  const before = {
    interfaces: [
      nic('eno1', 'physical', 0, 0),
      nic('eno2', 'physical', 0, 0),
      nic('bond0', 'bond', 0, 0),
      nic('vmbr0', 'bridge', 0, 0),
    ],
  };
  const after = {
    interfaces: [
      nic('eno1', 'physical', 1_000, 10),
      nic('eno2', 'physical', 500, 20),
      nic('bond0', 'bond', 1_500, 30),
      nic('vmbr0', 'bridge', 1_500, 30),
    ],
  };
  const rates = networkRates(before, after, 1_000);
  expect(rates).toHaveLength(4);
  expect(networkTotal(after, rates)).toEqual({ receiveBytesPerSecond: 1_500, sendBytesPerSecond: 30 });
});

test('in a container, where nothing is physical, the other interfaces count', () => {
  const after = { interfaces: [nic('eth0', 'other', 1_000, 10)] };
  expect(
    networkTotal(after, networkRates({ interfaces: [nic('eth0', 'other', 0, 0)] }, after, 1_000)),
  ).toEqual({
    receiveBytesPerSecond: 1_000,
    sendBytesPerSecond: 10,
  });
  expect(networkTotal(after, [])).toBeUndefined();
});

const arc: ZfsArcDocument = {
  sizeBytes: 1,
  targetBytes: 1,
  minimumBytes: 1,
  maximumBytes: 1,
  hits: 100,
  misses: 10,
};

test.each([
  [{ hits: 190, misses: 20 }, 90],
  [{ hits: 100, misses: 10 }, undefined],
  [{ hits: 5, misses: 11 }, undefined],
])('ARC: %j after 100 hits and 10 misses gives %j percent', (changes, percent) => {
  expect(arcHitPercent(arc, { ...arc, ...changes })).toBe(percent);
});

const memory = { totalBytes: 1_000, freeBytes: 100, availableBytes: 300, buffersBytes: 0, cachedBytes: 0 };

test.each([
  ['without ZFS', {}, 700],
  ['what the ARC can give back is not used', { zfsArcBytes: 400, zfsArcMinimumBytes: 100 }, 400],
  ['an ARC below its minimum gives nothing back', { zfsArcBytes: 50, zfsArcMinimumBytes: 100 }, 700],
  ['an ARC that the kernel counts as available already', { zfsArcBytes: 900, zfsArcMinimumBytes: 0 }, 0],
])('memory in use: %s', (_name, changes, usedBytes) => {
  expect(memoryUsage({ ...memory, ...changes })).toMatchObject({ usedBytes, usedPercent: usedBytes / 10 });
});

test('what a sample does not say is null on the charts, never zero', () => {
  const values = sampleValues(
    {},
    { cpu: undefined, disks: undefined, network: undefined, arcHitPercent: undefined },
  );
  expect(new Set(Object.values(values))).toEqual(new Set([null]));
  expect(
    sampleValues({}, { cpu: undefined, disks: [], network: undefined, arcHitPercent: undefined })
      .diskReadBytesPerSecond,
  ).toBeNull();
});
