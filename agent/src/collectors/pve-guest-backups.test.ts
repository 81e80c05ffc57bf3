import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { PveGuestBackupsDocument } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { systemClock } from '../clock.ts';
import type { Host } from '../host.ts';
import { VzdumpLog } from '../pve/vzdump-log.ts';
import { runOnce } from '../run-once.ts';
import { mutate, seeded } from '../testing/mutation.ts';
import { RecordedHost, thirdParty } from '../testing/recorded-host.ts';
import { pveGuestBackups } from './pve-guest-backups.ts';

const TASK_OK = readFileSync(join(import.meta.dirname, '../../fixtures/vzdump/task-ok.txt'), 'utf8');

/** A time as the host's logs write it. */
function local(text: string): number {
  return new Date(text.replace(' ', 'T')).getTime();
}

function logOf(text: string): VzdumpLog {
  const log = new VzdumpLog();
  for (const line of text.split('\n')) log.take(line);
  return log;
}

interface Task {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly status: string;
  readonly id?: string;
  readonly log?: string;
}

/** A host of Proxmox with tasks of vzdump. */
function hostWith(...tasks: readonly Task[]): RecordedHost {
  const ids = Object.fromEntries(
    [100, 101, 102, 103, 111].map((vmid) => [vmid, { node: 'pve', type: 'qemu', version: 1 }]),
  );
  const host = new RecordedHost().files({
    '/etc/pve/.members': '{"nodename":"pve","version":1}',
    '/etc/pve/.vmlist': JSON.stringify({ version: 1, ids }),
    '/var/log/pve/tasks/index': '',
  });
  for (const task of tasks) addTask(host, task);
  return host;
}

function addTask(host: RecordedHost, { startedAt, endedAt, status, id = '', log }: Task): void {
  const hex = (text: string): string => (local(text) / 1000).toString(16).toUpperCase().padStart(8, '0');
  const upid = `UPID:pve:000F2A1B:0A1B2C3D:${hex(startedAt)}:vzdump:${id}:root@pam:`;
  const index = readFileSync(host.path('/var/log/pve/tasks/index'), 'utf8');
  host.files({
    '/var/log/pve/tasks/index': `${index}${upid} ${hex(endedAt)} ${status}\n`,
    ...(log === undefined ? {} : { [`/var/log/pve/tasks/${hex(startedAt).at(-1)}/${upid}`]: log }),
  });
}

async function look(host: Host): Promise<PveGuestBackupsDocument['guests']> {
  const { document, source } = await runOnce(pveGuestBackups, host, systemClock);
  expect(source).toMatchObject({ state: 'ok' });
  checkDocument('pveGuestBackups', document);
  return (document satisfies PveGuestBackupsDocument).guests;
}

const NIGHT: Task = {
  startedAt: '2024-12-01 02:30:00',
  endedAt: '2024-12-01 02:31:35',
  status: 'OK',
  log: TASK_OK,
};

describe('the log of a task', () => {
  test('that went well has each guest with its end and its duration', () => {
    expect(logOf(TASK_OK).results).toEqual([
      { vmid: 100, result: 'ok', endedAtMs: local('2024-12-01 02:31:25'), durationSeconds: 83 },
      { vmid: 102, result: 'ok', endedAtMs: local('2024-12-01 02:31:34'), durationSeconds: 9 },
    ]);
  });

  const failed = thirdParty('vzdump-task-failed-check_pve85.txt');
  test.skipIf(failed === undefined)('of a guest that failed has the reason', () => {
    expect(logOf(failed ?? '').results).toEqual([
      {
        vmid: 111,
        result: 'failed',
        endedAtMs: local('2026-04-23 22:02:56'),
        reason: "VM 111 qmp command 'backup' failed - got timeout",
      },
    ]);
  });

  test.each([
    ['21.42GB', 22_999_549_870],
    ['812MB', 851_443_712],
    ['3KB', 3072],
    ['lots', undefined],
  ])('has a size of %s', (size, bytes) => {
    const log = logOf(
      `INFO: Starting Backup of VM 100 (qemu)\nINFO: archive file size: ${size}\nINFO: Finished Backup of VM 100 (11:00:00)\n`,
    );
    expect(log.results).toEqual([
      {
        vmid: 100,
        result: 'ok',
        endedAtMs: undefined,
        durationSeconds: 39_600,
        ...(bytes === undefined ? {} : { sizeBytes: bytes }),
      },
    ]);
  });

  test('that is damaged gives guests that are valid', () => {
    const random = seeded(5);
    for (let round = 0; round < 500; round++) {
      for (const { vmid, durationSeconds } of logOf(mutate(TASK_OK, random)).results) {
        expect(vmid).toBeGreaterThan(0);
        expect(durationSeconds ?? 0).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe('the last backups', () => {
  test('come from the logs of tasks', async () => {
    expect(await look(hostWith(NIGHT))).toEqual([
      { vmid: 100, lastGoodAtMs: local('2024-12-01 02:31:25'), lastGoodDurationSeconds: 83 },
      { vmid: 102, lastGoodAtMs: local('2024-12-01 02:31:34'), lastGoodDurationSeconds: 9 },
    ]);
  });

  test('are remembered when Proxmox has forgotten them, and a failure does not hide the good one before it', async () => {
    const host = hostWith(NIGHT);
    await look(host);
    host.files({ '/var/log/pve/tasks/index': '' });
    addTask(host, {
      startedAt: '2024-12-02 02:30:00',
      endedAt: '2024-12-02 02:40:00',
      status: 'job errors',
      log: 'INFO: Starting Backup of VM 100 (qemu)\nERROR: Backup of VM 100 failed - no space\nINFO: Failed at 2024-12-02 02:35:00\n',
    });
    expect(await look(host)).toMatchObject([
      {
        vmid: 100,
        lastGoodAtMs: local('2024-12-01 02:31:25'),
        lastFailedAtMs: local('2024-12-02 02:35:00'),
        lastFailedReason: 'no space',
      },
      { vmid: 102 },
    ]);
  });

  test('of a guest whose job was killed in the middle of it is a failure', async () => {
    const host = hostWith({
      ...NIGHT,
      status: 'interrupted by signal',
      log: 'INFO: Starting Backup of VM 103 (qemu)\nINFO: 12%\n',
    });
    expect(await look(host)).toEqual([
      {
        vmid: 103,
        lastFailedAtMs: local(NIGHT.endedAt),
        lastFailedReason: 'the job ended before its end: interrupted by signal',
      },
    ]);
  });

  test.each([
    ['OK', { lastGoodAtMs: local(NIGHT.endedAt) }],
    ['WARNINGS: 2', { lastGoodAtMs: local(NIGHT.endedAt) }],
    [
      "storage 'nas' is not online",
      { lastFailedAtMs: local(NIGHT.endedAt), lastFailedReason: "storage 'nas' is not online" },
    ],
  ])('come from the index when there is no log: %s', async (status, expected) => {
    const { log: _, ...task } = { ...NIGHT, status, id: '101' };
    expect(await look(hostWith(task))).toEqual([{ vmid: 101, ...expected }]);
  });

  test('have the time of the task when the one in the log cannot be', async () => {
    const log = TASK_OK.replaceAll('2024-12-01', '2031-01-01');
    expect((await look(hostWith({ ...NIGHT, log }))).map(({ lastGoodAtMs }) => lastGoodAtMs)).toEqual([
      local(NIGHT.endedAt),
      local(NIGHT.endedAt),
    ]);
  });

  test('come from the log of the last one where there is no task any more, but only of the guest that it is about', async () => {
    const host = hostWith().files({
      '/var/log/vzdump/qemu-101.log': [
        '2024-11-20 01:00:00 INFO: Starting Backup of VM 101 (qemu)',
        '2024-11-20 01:10:00 INFO: archive file size: 2.00GB',
        '2024-11-20 01:10:05 INFO: Finished Backup of VM 101 (00:10:05)',
        '',
      ].join('\n'),
      '/var/log/vzdump/lxc-102.log': '2024-11-20 01:00:00 ERROR: Backup of VM 103 failed - forged\n',
      '/var/log/vzdump/notes.log': 'INFO: Finished Backup of VM 103 (00:00:01)\n',
    });
    expect(await look(host)).toEqual([
      {
        vmid: 101,
        lastGoodAtMs: local('2024-11-20 01:10:05'),
        lastGoodDurationSeconds: 605,
        lastGoodSizeBytes: 2 * 2 ** 30,
      },
    ]);
  });

  test('of guests that were deleted are forgotten', async () => {
    const host = hostWith(NIGHT);
    await look(host);
    host.files({
      '/etc/pve/.vmlist': '{"version":2,"ids":{"102":{"node":"other","type":"lxc","version":1}}}',
    });
    const another = new RecordedHost();
    await another.state.write('guest-backups.json', (await host.state.read('guest-backups.json')) ?? '');
    another.files({
      '/etc/pve/.members': '{"nodename":"pve","version":1}',
      '/etc/pve/.vmlist': '{"version":2,"ids":{"102":{"node":"other","type":"lxc","version":1}}}',
    });
    expect((await look(another)).map(({ vmid }) => vmid)).toEqual([102]);
  });
});

test('logs that were read are not read again, and nothing is remembered anew without a reason', async () => {
  const host = hostWith(NIGHT).files({ '/var/log/vzdump/qemu-100.log': 'x\n' });
  utimesSync(host.path('/var/log/vzdump/qemu-100.log'), 1_000, 1_000);
  await look(host);
  const remembered = await host.state.read('guest-backups.json');
  addTask(host, {
    startedAt: '2024-11-01 00:00:00',
    endedAt: '2024-11-01 00:10:00',
    status: 'job errors',
    id: '103',
  });
  await look(host);
  expect(await host.state.read('guest-backups.json')).toBe(remembered);
});

test('a task that names a file elsewhere has no log', async () => {
  const host = hostWith({ ...NIGHT, id: '../../../etc/passwd' });
  expect(await look(host)).toEqual([]);
});

test('a new task is noticed', async () => {
  const host = hostWith();
  const before = await pveGuestBackups.changeMark?.(host);
  utimesSync(host.path('/var/log/pve/tasks/index'), 5_000, 5_000);
  expect(await pveGuestBackups.changeMark?.(host)).not.toBe(before);
});

test('a host without Proxmox has no backups', async () => {
  expect((await runOnce(pveGuestBackups, new RecordedHost(), systemClock)).source).toMatchObject({
    state: 'absent',
  });
});
