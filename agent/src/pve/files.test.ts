import { describe, expect, test } from 'vitest';
import { backupJobs, covers, cronBackupJobs } from './backup-jobs.ts';
import { networkOf } from './cgroup.ts';
import { resultsOf } from './guest-backups.ts';
import { parseGuestConfig } from './guest-config.ts';
import { parseManagerStatus } from './ha.ts';
import { parseMembers } from './members.ts';
import { replicationJobs } from './replication.ts';
import { parseSectionConfig } from './section-config.ts';
import { parseTaskLine, parseTasks, resultOf } from './upid.ts';
import { parseUserPools } from './user-pools.ts';
import { parseVmlist } from './vmlist.ts';
import { VzdumpLog } from './vzdump-log.ts';

describe('a configuration of a guest', () => {
  test('ends where what is pending and the snapshots begin', () => {
    expect(
      parseGuestConfig(
        '#lock: no\nlock: backup\nname: a\ncores: 4\nsockets: 2\nmemory: 8192\n[PENDING]\nname: b\ntemplate: 1\n',
      ),
    ).toEqual({
      name: 'a',
      lock: 'backup',
      tags: [],
      isTemplate: false,
      startsAtBoot: false,
      cpus: 8,
      memoryBytes: 8192 * 1024 * 1024,
    });
  });

  test.each(['a;b c,d', 'a b,c;;d'])('may separate its tags as in "%s"', (tags) => {
    expect(parseGuestConfig(`tags: ${tags}\n`).tags).toEqual(['a', 'b', 'c', 'd']);
  });

  test('may name its memory as a property', () => {
    expect(parseGuestConfig('memory: current=4096,max=8192\n').memoryBytes).toBe(4096 * 1024 * 1024);
  });
});

describe('a section file', () => {
  test('has switches, and values with spaces', () => {
    expect(parseSectionConfig('f', 'nfs: nas\n\tdisable\n\tcomment two words \n\n# x\ndir: local\n')).toEqual(
      [
        {
          type: 'nfs',
          id: 'nas',
          properties: new Map([
            ['disable', ''],
            ['comment', 'two words'],
          ]),
        },
        { type: 'dir', id: 'local', properties: new Map() },
      ],
    );
  });

  test.each(['\tproperty first\n', 'no colon\n', 'dir: a b\n', '{}\n'])(
    'is refused when it holds %j',
    (text) => {
      expect(() => parseSectionConfig('/etc/pve/storage.cfg', text)).toThrow(
        '/etc/pve/storage.cfg:1: neither a section',
      );
    },
  );
});

describe('a task line', () => {
  const upid = 'UPID:pve:000F2A1D:0A1B2C5D:674CF340:vzdump:101:root@pam:';
  test.each([
    ['of the index', `${upid} 674CF390 job errors`, 'job errors'],
    ['of the active ones that has ended', `${upid} 1 674CF390 OK`, 'OK'],
    ['of the active ones that runs', `${upid} 0`, undefined],
    ['of the active ones that has just begun', upid, undefined],
  ])('%s is read', (_, line, status) => {
    const task = parseTaskLine(line);
    expect(task).toMatchObject({ pid: 0xf2a1d, processStartTicks: 0xa1b2c5d, type: 'vzdump', id: '101' });
    expect(task?.end?.statusText).toBe(status);
  });

  test('may have an error that is longer than a sentence of the protocol', () => {
    const task = parseTaskLine(
      `UPID:p:00000001:0A1B2C5D:674CF340:qmstart:100:root@pam: 674CF390 ${'x'.repeat(4_000)}`,
    );
    expect(task?.end?.statusText).toHaveLength(2048);
  });

  test('that Proxmox is still writing has no end yet: "O" is no failure', () => {
    expect(parseTasks(`${upid} 674CF390 OK\n${upid} 674CF390 O`).map(({ end }) => end?.statusText)).toEqual([
      'OK',
      undefined,
    ]);
  });

  test('may have nine digits of ticks, no id and a token for a user', () => {
    expect(
      parseTaskLine('UPID:p-1.x:00000001:1A1B2C5D0:674CF340:vncproxy::alice@pve!mon: 674CF390 OK'),
    ).toMatchObject({
      node: 'p-1.x',
      id: '',
      user: 'alice@pve!mon',
    });
  });

  test.each(['', 'UPID:', 'UPID:pve:zz:0A1B2C5D:674CF340:t:1:u: 674CF390 OK', 'x'.repeat(100_000)])(
    'that is none is passed over',
    (line) => {
      expect(parseTaskLine(line)).toBeUndefined();
    },
  );

  test.each([
    ['OK', 'ok'],
    ['WARNINGS: 2', 'warnings'],
    ['unexpected status', 'unknown'],
    ['job errors', 'failed'],
    ['interrupted by signal', 'failed'],
    ['WARNINGS: many', 'failed'],
    ['', 'failed'],
  ])('with the status "%s" is %s', (status, result) => {
    expect(resultOf(status)).toBe(result);
  });
});

describe('which guests a job covers', () => {
  const jobs = backupJobs(
    parseSectionConfig(
      'f',
      'vzdump: all\n\tall 1\n\texclude 105\n\nvzdump: named\n\tvmid 100,102\n\nvzdump: pool\n\tpool prod\n\nvzdump: off\n\tall 1\n\tenabled 0\n\nvzdump: there\n\tall 1\n\tnode other\n',
    ),
    0,
  );
  const by = (vmid: number, pool?: string): string[] =>
    jobs.filter((job) => covers(job, 'here', vmid, pool)).map(({ id }) => id);
  test('an excluded guest by none, a named one by its job, one of a pool by the pool', () => {
    expect(by(105)).toEqual([]);
    expect(by(100)).toEqual(['all', 'named']);
    expect(by(105, 'prod')).toEqual(['pool']);
  });
});

test('jobs of the old cron file are known', () => {
  const text =
    'PATH="/usr/bin"\n\n15 2 * * 6           root vzdump 100 101 --mode snapshot --storage nas\n0 3 * * * root vzdump --all 1 --exclude 200\n';
  expect(cronBackupJobs(text)).toMatchObject([
    { id: 'vzdump.cron:3', selection: 'guests', guests: [100, 101], schedule: '15 2 * * 6', storage: 'nas' },
    { selection: 'all', guests: [200] },
  ]);
});

test('pools are taken from user.cfg, and nothing else of it', () => {
  expect([...parseUserPools('user:root@pam:1:\npool:prod:x:100,102:s:\npool:empty:::\n')]).toEqual([
    [100, 'prod'],
    [102, 'prod'],
  ]);
});

test('a list without guests is empty, and strange entries are passed over', () => {
  expect(parseVmlist('{"version": 1}')).toEqual([]);
  expect(
    parseVmlist(
      '{"ids":{"100":{"node":"a","type":"openvz"},"__proto__":{"node":"a","type":"lxc"},"7":{"node":"a","type":"lxc"}}}',
    ),
  ).toEqual([{ vmid: 7, type: 'lxc', node: 'a' }]);
});

test.each([
  ['{', 'is not JSON'],
  ['[]', 'holds no object'],
  ['{"version":1}', 'does not name this node'],
  ['{"nodename":"a","cluster":{"name":"c"}}', 'without its name or its quorum'],
])('members like %s are refused', (text, reason) => {
  expect(() => parseMembers(text)).toThrow(reason);
});

test('HA states are kept by guest', () => {
  const { services, nodes } = parseManagerStatus(
    '{"service_status":{"vm:1":{"state":"error"},"x:2":{"state":"a"}},"node_status":{"n":"fence","m":1}}',
  );
  expect([...services]).toEqual([[1, 'error']]);
  expect(nodes).toEqual([{ name: 'n', state: 'fence' }]);
});

test('a replication job that failed is tried later and later', () => {
  const sections = parseSectionConfig('f', 'local: 7-0\n\tguest 7\n\ttarget b\n\tschedule */30\n');
  const state = (failCount: number): string =>
    JSON.stringify({ 7: { 'local/b': { last_try: 1_000_000, last_sync: 0, fail_count: failCount } } });
  const waits = [1, 3, 4, 9].map(
    (failCount) =>
      (replicationJobs(sections, state(failCount), new Set([7]))[0]?.nextSyncAtMs ?? 0) / 60_000 -
      1_000_000 / 60,
  );
  expect(waits.map(Math.round)).toEqual([5, 15, 30, 30]);
  expect(replicationJobs(sections, state(1), new Set([7]))[0]).not.toHaveProperty('lastSyncAtMs');
  expect(replicationJobs(sections, state(1), new Set([8]))).toEqual([]);
});

test('a log that lost its end says nothing of its last guest where the job went well', () => {
  const task = parseTaskLine('UPID:p:000F2A1D:0A1B2C5D:674CF340:vzdump::root@pam: 674CF390 OK');
  const log = new VzdumpLog();
  log.take('INFO: Starting Backup of VM 100 (qemu)');
  expect(task && resultsOf(task, log)).toEqual([]);
  const failed = parseTaskLine('UPID:p:000F2A1D:0A1B2C5D:674CF340:vzdump::root@pam: 674CF390 job errors');
  expect(failed && resultsOf(failed, log)).toMatchObject([{ result: { vmid: 100, result: 'failed' } }]);
});

test("a guest's traffic is told in its own direction, of all its interfaces", () => {
  const line = (name: string, received: number, sent: number): string =>
    `${name}: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0\n`;
  const text =
    line('tap100i0', 1, 10) + line('tap100i1', 2, 20) + line('veth1001i0', 5, 50) + line('vmbr0', 9, 9);
  expect(networkOf(text, 100)).toEqual({ networkReceivedBytes: 30, networkSentBytes: 3 });
  expect(networkOf(text, 7)).toBeUndefined();
});
