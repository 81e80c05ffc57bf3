import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { Host } from '../host.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { pveBackups } from './pve-backups.ts';
import { pveGuests } from './pve-guests.ts';
import { pveNode } from './pve-node.ts';
import { pveReplication } from './pve-replication.ts';
import { pveStorages } from './pve-storages.ts';
import { pveTasks } from './pve-tasks.ts';

const HOSTS = join(import.meta.dirname, '../../fixtures/hosts');
const cluster = new Host(join(HOSTS, 'pve8-cluster'));
const single = new Host(join(HOSTS, 'pve9-single'));

test('a node of a cluster knows its members, its quorum and who manages HA', async () => {
  const { document } = await runOnce(pveNode, cluster, systemClock);
  expect(document).toMatchObject({
    nodeName: 'pve',
    cluster: { name: 'lab', quorate: true },
    ha: { managerNode: 'pve', localState: 'active', nodes: { length: 3 } },
  });
  expect(document?.cluster?.members.map(({ name, online }) => [name, online])).toEqual([
    ['pve', true],
    ['pve2', true],
    ['pve3', false],
  ]);
});

test('a node that stands alone has no cluster and no HA', async () => {
  expect((await runOnce(pveNode, single, systemClock)).document).toEqual({
    nodeName: 'pve1',
    version: '9.2.11',
    reportedAtMs: 1_795_376_398_000,
  });
});

test('only guests of this node are told of, with what their configuration and HA say', async () => {
  const { document, source } = await runOnce(pveGuests, cluster, systemClock);
  expect(source.state).toBe('ok');
  expect(document?.guests.map(({ vmid, status, isTemplate }) => [vmid, status, isTemplate])).toEqual([
    [100, 'running', false],
    [101, 'stopped', true],
    [102, 'running', false],
  ]);
  expect(document?.guests[0]).toMatchObject({
    type: 'qemu',
    name: 'web01',
    tags: ['prod', 'web'],
    pool: 'prod',
    lock: 'backup',
    haState: 'started',
    startsAtBoot: true,
    cpus: 4,
    memoryMaximumBytes: 8_589_934_592,
    memoryUsedBytes: 4_012_345_678,
    uptimeSeconds: 1_834_011,
    networkReceivedBytes: 1_234_567_890,
  });
  expect(document?.guests[0]?.cpuPercent).toBeCloseTo(2.501, 3);
  // Proxmox says 0 for the inside of a VM's disk, which is no measurement.
  expect(document?.guests[0]).not.toHaveProperty('diskUsedBytes');
  expect(document?.guests[2]).toMatchObject({ diskUsedBytes: 912_261_120, haState: 'error' });
});

test('a guest that is off has no load, no traffic and no uptime, not even zero', async () => {
  const { document } = await runOnce(pveGuests, single, systemClock);
  const off = document?.guests[0];
  expect(off).toMatchObject({ vmid: 100, status: 'stopped', name: 'web', memoryMaximumBytes: 2_147_483_648 });
  for (const field of ['cpuPercent', 'memoryUsedBytes', 'networkSentBytes', 'uptimeSeconds', 'pressure']) {
    expect(off).not.toHaveProperty(field);
  }
});

test('a storage that nobody tells of is inactive, and one for other nodes is none of ours', async () => {
  const { document } = await runOnce(pveStorages, cluster, systemClock);
  expect(document?.storages.map(({ name, isActive, isShared }) => [name, isActive, isShared])).toEqual([
    ['local', true, false],
    ['local-zfs', true, false],
    ['pbs1', false, true],
  ]);
  expect((await runOnce(pveStorages, single, systemClock)).document?.storages).toMatchObject([
    { name: 'local', isActive: true, totalBytes: 270_553_174_016 },
    { name: 'usb-backup', isActive: false, isEnabled: true },
    { name: 'nas', isEnabled: false, isShared: true },
  ]);
});

test('jobs, runs and guests in no job', async () => {
  const { document } = await runOnce(pveBackups, cluster, systemClock);
  expect(document?.jobs.map(({ id, isEnabled, selection }) => [id, isEnabled, selection])).toEqual([
    ['backup-0a1b2c3d-4e5f', true, 'all'],
    ['backup-weekly', false, 'guests'],
  ]);
  expect(document?.runs.map(({ result, vmid }) => [result, vmid])).toEqual([
    [undefined, undefined],
    ['warnings', undefined],
    ['failed', 101],
    ['ok', undefined],
  ]);
  expect(document?.uncoveredGuests).toEqual([]);
});

test('a guest that the only enabled job leaves out is in no job; a template need not be', async () => {
  const host = changed('pve8-cluster', 'etc/pve/jobs.cfg', (text) =>
    text.replace('exclude 105,900', 'exclude 100,101'),
  );
  expect((await runOnce(pveBackups, host, systemClock)).document?.uncoveredGuests).toEqual([100]);
});

test('a task runs as long as the process that it names is the one that was started then', async () => {
  expect((await runOnce(pveTasks, cluster, systemClock)).document?.running).toMatchObject([
    { type: 'vzdump' },
  ]);
  const later = changed(
    'pve8-cluster',
    'proc/995329/stat',
    () => '995329 (bash) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0',
  );
  expect((await runOnce(pveTasks, later, systemClock)).document?.running).toEqual([]);
});

test('replication is told of with its failures', async () => {
  expect((await runOnce(pveReplication, cluster, systemClock)).document?.jobs).toMatchObject([
    { id: '100-0', isEnabled: true, failCount: 0, lastSyncAtMs: 1_733_270_001_000 },
    { id: '102-0', isEnabled: false, failCount: 3, error: expect.stringContaining('exit code 255') },
  ]);
  expect((await runOnce(pveReplication, single, systemClock)).source).toMatchObject({ state: 'absent' });
});

test.each([pveNode, pveGuests, pveStorages, pveBackups, pveTasks, pveReplication])(
  'a host without Proxmox has no $name',
  async (collector) => {
    const { source } = await runOnce(collector, new RecordedHost(), systemClock);
    expect(source).toMatchObject({ state: 'absent', reason: 'no Proxmox VE on this host' });
  },
);

test('an empty /etc/pve is a file system that is not there, and not a host without guests', async () => {
  const host = new RecordedHost().files({ '/usr/bin/pmxcfs': '' });
  const { document, source } = await runOnce(pveGuests, host, systemClock);
  expect(document).toBeUndefined();
  expect(source).toMatchObject({ state: 'failed', reason: expect.stringContaining('pmxcfs is not running') });
});

test('while pvestatd says nothing of this node the kernel is asked, and the values are called old', async () => {
  const host = changed(
    'pve8-cluster',
    'etc/pve/.rrd',
    () => 'pve2-node/other:1:c:1733270011:0:U:U:U:U:U:U:U:U:U:U:U\n',
  );
  host.files({
    '/sys/fs/cgroup/qemu.slice/100.scope/cpu.stat': 'usage_usec 1500\nuser_usec 1\n',
    '/sys/fs/cgroup/qemu.slice/100.scope/memory.current': '5000\n',
    '/sys/fs/cgroup/qemu.slice/100.scope/memory.stat': 'anon 1\nfile 2000\n',
    '/proc/net/dev': 'h\nh\ntap100i0: 1 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\n',
  });
  const { document, source } = await runOnce(pveGuests, host, systemClock);
  expect(source).toMatchObject({ state: 'stale', reason: expect.stringContaining('pvestatd says nothing') });
  expect(document?.guests.map(({ status, valuesFrom }) => [status, valuesFrom])).toEqual([
    ['running', 'cgroup'],
    ['stopped', 'cgroup'],
    ['stopped', 'cgroup'],
  ]);
  expect(document?.guests[0]).toMatchObject({
    name: 'web01',
    cpuMicroseconds: 1500,
    memoryHostBytes: 3000,
    networkReceivedBytes: 10,
    networkSentBytes: 1,
  });
});

test('control groups of version 1, where guests are elsewhere, do not make running guests stopped', async () => {
  const host = changed('pve9-cluster', 'etc/pve/.rrd', () => '').files({
    '/sys/fs/cgroup/memory/tasks': '',
  });
  const { document, source } = await runOnce(pveGuests, host, systemClock);
  expect(source.state).toBe('stale');
  expect(new Set(document?.guests.map(({ status }) => status))).toEqual(new Set(['unknown']));
});

/** A recorded host with one file changed. */
function changed(name: string, file: string, change: (text: string) => string): RecordedHost {
  const host = new RecordedHost();
  rmSync(host.root, { recursive: true });
  cpSync(join(HOSTS, name), host.root, { recursive: true, verbatimSymlinks: true });
  const path = join(host.root, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return host;
}
