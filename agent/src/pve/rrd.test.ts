import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRrd } from './rrd.ts';

const HOSTS = join(import.meta.dirname, '../../fixtures/hosts');
const read = (host: string): string => readFileSync(join(HOSTS, host, 'etc/pve/.rrd'), 'utf8');

test('a broadcast of Proxmox VE 8 has every guest and storage of its node', () => {
  const { nodes, guests, storages } = parseRrd(read('pve8-cluster'));
  expect(nodes.get('pve')).toEqual({ atSeconds: 1733270011, uptimeSeconds: 1834422 });
  expect([...guests.keys()]).toEqual([100, 101, 102, 103]);
  expect(guests.get(103)).toMatchObject({ name: 'win11', status: 'paused', cpuShare: 0, diskUsed: 0 });
  expect(guests.get(101)).toMatchObject({ isTemplate: true, cpuShare: undefined, networkIn: undefined });
  expect(storages.get('pve/local-zfs')).toEqual({
    atSeconds: 1733270011,
    total: 1_861_726_720_000,
    used: 918_922_610_688,
  });
});

test('where both forms stand side by side, that of Proxmox VE 9 counts, whatever comes first', () => {
  const { nodes, guests, storages } = parseRrd(read('pve9-single'));
  expect(nodes.get('pve1')?.atSeconds).toBe(1795376398);
  expect(guests.get(100)?.atSeconds).toBe(1795376403);
  expect(storages.get('pve1/local')?.atSeconds).toBe(1795376400);
});

test('the pressure and the memory on the host that Proxmox VE 9 adds are read', () => {
  const line =
    'pve-vm-9.0/100:600000:web01:running:0:1754400003:4:0.05:8:4:34:0:100:200:300:400:8800000000:0.00:0.01:0.10:0.05:0:1';
  expect(parseRrd(line).guests.get(100)).toMatchObject({
    memoryHost: 8_800_000_000,
    pressure: [0, 0.01, 0.1, 0.05, 0, 1],
  });
});

test('kinds and columns that a later version adds are passed over', () => {
  const later = 'pve-vm-9.0/1:1:n:running:0:5:1:0:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:more:and more\n';
  expect(parseRrd(`pve-thing-10.0/x:y\n${later}garbage\n`).guests.size).toBe(1);
});

describe('a record is refused', () => {
  test.each([
    ['without its time', 'pve2-node/pve:1:c:U:0.4:1:1:1:1:1:1:1:1:1:1:1', 'has a line without its time'],
    ['with a word for a number', 'pve2-storage/pve/local:17:12:many', 'field 4 is no number'],
    ['that is cut off', 'pve2.3-vm/100:1:web', 'has 2 instead of 15 columns'],
    ['of a guest without a number', 'pve2.3-vm/x:1:web:running:0:5:1:1:1:1:1:1:1:1:1:1', 'has a guest "x"'],
    ['with a negative number', 'pve2-storage/pve/local:17:-1:2', 'is no number'],
  ])('%s', (_, line, reason) => {
    expect(() => parseRrd(line)).toThrow(reason);
  });
});
