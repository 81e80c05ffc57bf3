import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backupJobs } from './backup-jobs.ts';
import { parseGuestConfig } from './guest-config.ts';
import { parseMembers } from './members.ts';
import { replicationJobs } from './replication.ts';
import { parseRrd } from './rrd.ts';
import { parseSectionConfig } from './section-config.ts';
import { parseTasks } from './upid.ts';
import { parseVmlist } from './vmlist.ts';

/** What each file of `agent/fixtures/pve` says. */
const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/pve', name), 'utf8');

test('100.conf is the guest as it runs, without what is pending and its snapshot', () => {
  expect(parseGuestConfig(read('100.conf'))).toEqual({
    name: 'web01',
    tags: ['prod', 'web'],
    lock: 'backup',
    isTemplate: false,
    startsAtBoot: true,
    cpus: 4,
    memoryBytes: 8 * 2 ** 30,
  });
});

test('jobs.cfg has two backup jobs, one of which is off, and a job of another kind', () => {
  const jobs = backupJobs(parseSectionConfig('jobs.cfg', read('jobs.cfg')), Date.UTC(2024, 11, 1));
  expect(
    jobs.map(({ id, isEnabled, guests, nextRunAtMs }) => [id, isEnabled, guests, nextRunAtMs !== undefined]),
  ).toEqual([
    ['backup-0a1b2c3d-4e5f', true, [105, 900], true],
    ['backup-weekly', false, [100, 102], false],
  ]);
});

test('members-cluster.json has a quorum with one of three nodes away', () => {
  const { nodeName, cluster } = parseMembers(read('members-cluster.json'));
  expect({ nodeName, quorate: cluster?.quorate }).toEqual({ nodeName: 'pve1', quorate: true });
  expect(cluster?.members.map(({ name, online, address }) => [name, online, address])).toEqual([
    ['pve1', true, '10.0.0.11'],
    ['pve2', true, '10.0.0.12'],
    ['pve3', false, undefined],
  ]);
});

test('members-standalone.json has no cluster', () => {
  expect(parseMembers(read('members-standalone.json'))).toEqual({ nodeName: 'pve', cluster: undefined });
});

test('replication.cfg and pve-replication-state.json have a job that works and one that is off and failed', () => {
  const sections = parseSectionConfig('replication.cfg', read('replication.cfg'));
  expect(replicationJobs(sections, read('pve-replication-state.json'), new Set([100, 102]))).toMatchObject([
    { id: '100-0', isEnabled: true, failCount: 0, lastSyncAtMs: 1_733_050_801_000, durationSeconds: 4.212 },
    { id: '102-0', isEnabled: false, failCount: 3, lastSyncAtMs: 1_732_900_000_000 },
  ]);
});

test('rrd-pve8-standalone.txt has one node, four guests and two storages', () => {
  const { nodes, guests, storages } = parseRrd(read('rrd-pve8-standalone.txt'));
  expect([...nodes]).toEqual([['pve', { atSeconds: 1_733_050_811, uptimeSeconds: 1_834_422 }]]);
  expect([...guests].map(([vmid, { status, memoryUsed }]) => [vmid, status, memoryUsed])).toEqual([
    [100, 'running', 4_012_345_678],
    [101, 'stopped', undefined],
    [102, 'running', 104_857_600],
    [103, 'paused', 9_179_869_184],
  ]);
  expect([...storages].map(([name, { total, used }]) => [name, total, used])).toEqual([
    ['pve/local', 100_861_726_720, 18_922_610_688],
    ['pve/local-zfs', 1_861_726_720_000, 918_922_610_688],
  ]);
});

test('rrd-pve9.txt has the memory on the host and the pressure besides', () => {
  const { nodes, guests, storages } = parseRrd(read('rrd-pve9.txt'));
  expect(nodes.get('pve9')).toEqual({ atSeconds: 1_754_400_005, uptimeSeconds: 604_800 });
  expect(guests.get(100)).toMatchObject({
    memoryHost: 8_800_000_000,
    cpuShare: 0.05,
    pressure: [0, 0, 0.1, 0.05, 0, 0],
  });
  expect(guests.get(105)).toMatchObject({ status: 'stopped', cpuShare: undefined, memoryHost: undefined });
  expect(guests.get(200)).toMatchObject({
    status: 'running',
    diskUsed: 2_147_483_648,
    memoryHost: undefined,
  });
  expect(storages.get('pve9/local')).toMatchObject({ total: 98_000_000_000, used: 21_000_000_000 });
});

test('tasks-index.txt has six tasks and how they ended', () => {
  expect(
    parseTasks(read('tasks-index.txt')).map(({ type, id, end }) => `${type} ${id}: ${end?.statusText}`),
  ).toEqual([
    'vzdump : OK',
    'qmstart 100: OK',
    'vzdump 101: job errors',
    "aptupdate : command 'apt-get update' failed: exit code 100",
    'vzdump : WARNINGS: 2',
    'vncproxy 100: unexpected status',
  ]);
});

test('tasks-active.txt has one task at work and one that has ended', () => {
  expect(parseTasks(read('tasks-active.txt')).map(({ pid, end }) => [pid, end?.statusText])).toEqual([
    [0xf3001, undefined],
    [0xf2a1f, 'WARNINGS: 2'],
  ]);
});

test('vmlist.json has a guest on another node; vmlist-empty.json has none', () => {
  expect(parseVmlist(read('vmlist.json')).map(({ vmid, type, node }) => `${vmid} ${type} ${node}`)).toEqual([
    '100 qemu pve',
    '101 qemu pve',
    '102 lxc pve',
    '103 qemu pve2',
  ]);
  expect(parseVmlist(read('vmlist-empty.json'))).toEqual([]);
});
