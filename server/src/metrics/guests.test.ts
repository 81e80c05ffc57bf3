import type { PveGuest } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { nextGuestRates } from './guests.ts';

const guest = (valuesAtMs: number, more: Partial<PveGuest> = {}): PveGuest => ({
  vmid: 100,
  type: 'qemu',
  status: 'running',
  isTemplate: false,
  valuesFrom: 'pvestatd',
  valuesAtMs,
  ...more,
});
const of = (...guests: PveGuest[]): { guests: PveGuest[] } => ({ guests });

test('the time between two values is that between their takings, not between the looks', () => {
  const rates = nextGuestRates(
    of(guest(10_000, { networkReceivedBytes: 1_000, diskWrittenBytes: 0 })),
    of(guest(20_000, { networkReceivedBytes: 21_000, diskWrittenBytes: 500 })),
    [],
  );
  expect(rates).toEqual([{ vmid: 100, receiveBytesPerSecond: 2_000, writeBytesPerSecond: 50 }]);
});

test('a look that finds the values of the look before keeps their rates', () => {
  const same = of(guest(20_000, { networkReceivedBytes: 1 }));
  const known = [{ vmid: 100, receiveBytesPerSecond: 7 }];
  expect(nextGuestRates(same, same, known)).toEqual(known);
});

test('a guest that is new, that was started anew, or whose values were long away has no rate', () => {
  expect(nextGuestRates(undefined, of(guest(1)), [])).toEqual([]);
  const counted = (atMs: number, bytes: number): { guests: PveGuest[] } =>
    of(guest(atMs, { networkSentBytes: bytes }));
  expect(nextGuestRates(counted(0, 500), counted(10_000, 20), [])).toEqual([]);
  expect(nextGuestRates(counted(0, 0), counted(6 * 60_000, 20), [])).toEqual([]);
});

test("CPU time of a cgroup is a share of the guest's CPUs", () => {
  const used = (atMs: number, cpuMicroseconds: number): { guests: PveGuest[] } =>
    of(guest(atMs, { valuesFrom: 'cgroup', cpus: 4, cpuMicroseconds }));
  expect(nextGuestRates(used(0, 0), used(10_000, 20_000_000), [])).toEqual([{ vmid: 100, cpuPercent: 50 }]);
});

test('values of pvestatd and of a cgroup are not compared', () => {
  const before = of(guest(0, { networkSentBytes: 1 }));
  const after = of(guest(10_000, { networkSentBytes: 9, valuesFrom: 'cgroup' }));
  expect(nextGuestRates(before, after, [])).toEqual([]);
});
