import { type DocumentName, LIMITS } from '@proxmox-monitor/protocol';
import { describe, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { parsePveNode } from '../collectors/pve-node.ts';
import { describeStorages } from '../collectors/pve-storages.ts';
import { expectHoldsWhenDamaged, expectHonestWhenCut } from '../testing/mutation.ts';
import { recordedFile as read } from '../testing/recorded-host.ts';
import { backupJobs, cronBackupJobs } from './backup-jobs.ts';
import { nextRun, parseCalendarEvent } from './calendar-event.ts';
import { networkOf } from './cgroup.ts';
import { parseRemembered, resultsOf, withResult } from './guest-backups.ts';
import { parseGuestConfig } from './guest-config.ts';
import { parseLocalManagerStatus, parseManagerStatus } from './ha.ts';
import { parseMembers } from './members.ts';
import { replicationJobs } from './replication.ts';
import { parseRrd } from './rrd.ts';
import { parseSectionConfig } from './section-config.ts';
import { parseTasks } from './upid.ts';
import { parseUserPools } from './user-pools.ts';
import { parseVmlist } from './vmlist.ts';
import { VzdumpLog } from './vzdump-log.ts';

const NOW_MS = 1_795_376_460_000;
const MEMBERS = read('pve9-cluster/etc/pve/.members');
const RRD = read('pve9-cluster/etc/pve/.rrd');
const [TASK] = parseTasks(read('pve9-cluster/var/log/pve/tasks/index')).filter(
  ({ end }) => end?.statusText === 'OK',
);

function check(name: DocumentName, document: unknown): unknown {
  checkDocument(name, document);
  return document;
}

interface Case {
  readonly name: string;
  readonly text: string;
  readonly parse: (text: string) => unknown;
  /**
   * What of it can be told apart from the same without its end, when that is not all. False where none is: the files
   * that people write, whose last line may end anywhere and which are read at once from Proxmox's file system.
   */
  readonly whenCut?: false | ((text: string) => unknown);
}

const storagesOf = (config: string, rrd: string): unknown =>
  check('pveStorages', {
    storages: describeStorages(parseSectionConfig('storage.cfg', config), 'pve-a', parseRrd(rrd), true),
  });
const nodeOf = (texts: Readonly<Record<string, string>>, members = MEMBERS): unknown =>
  check('pveNode', parsePveNode({ members: parseMembers(members), text: (name) => texts[name] }, '9.2.11'));
const replicationOf = (config: string, state: string): unknown =>
  check('pveReplication', {
    jobs: replicationJobs(parseSectionConfig('replication.cfg', config), state, new Set([100, 101])),
  });

function guestBackupsOf(text: string): unknown {
  const log = new VzdumpLog();
  for (const line of text.split('\n')) log.take(line);
  if (TASK === undefined) throw new Error('there is no recorded task');
  let guests = parseRemembered(undefined).guests;
  for (const { result, atMs } of resultsOf(TASK, log)) guests = withResult(guests, result, atMs);
  return check('pveGuestBackups', { guests });
}

const CASES: readonly Case[] = [
  { name: '.members', text: MEMBERS, parse: (text) => nodeOf({}, text) },
  { name: '.rrd for the node', text: RRD, parse: (text) => nodeOf({ '.rrd': text }) },
  {
    name: '.rrd for storages',
    text: RRD,
    parse: (text) => storagesOf(read('pve9-cluster/etc/pve/storage.cfg'), text),
    whenCut: withoutLastColumn,
  },
  {
    name: '.rrd of Proxmox VE 8',
    text: read('pve8-cluster/etc/pve/.rrd'),
    parse: (text) => [...parseRrd(text).guests],
    whenCut: withoutLastColumn,
  },
  { name: '.vmlist', text: read('pve9-cluster/etc/pve/.vmlist'), parse: parseVmlist },
  {
    name: 'ha/manager_status',
    text: read('pve9-cluster/etc/pve/ha/manager_status'),
    parse: (text) => [nodeOf({ 'ha/manager_status': text }), [...parseManagerStatus(text).services]],
  },
  {
    name: 'lrm_status',
    text: read('pve9-cluster/etc/pve/nodes/pve-a/lrm_status'),
    parse: (text) => [
      parseLocalManagerStatus(text),
      nodeOf({ 'ha/manager_status': '{}', 'local/lrm_status': text }),
    ],
  },
  {
    name: 'a configuration of a guest',
    text: read('pve8-cluster/etc/pve/nodes/pve/qemu-server/100.conf'),
    parse: (text) => {
      const { name, tags, lock, cpus, memoryBytes } = parseGuestConfig(text);
      return check('pveGuests', {
        guests: [
          JSON.parse(
            JSON.stringify({
              vmid: 1,
              type: 'qemu',
              status: 'running',
              isTemplate: false,
              name,
              lock,
              cpus,
              memoryMaximumBytes: memoryBytes,
              tags: tags.slice(0, 64),
            }),
          ),
        ],
      });
    },
    whenCut: false,
  },
  {
    name: 'storage.cfg',
    text: read('pve9-cluster/etc/pve/storage.cfg'),
    parse: (text) => storagesOf(text, RRD),
    whenCut: false,
  },
  {
    name: 'jobs.cfg',
    text: read('pve8-cluster/etc/pve/jobs.cfg'),
    parse: (text) => {
      const jobs = backupJobs(parseSectionConfig('jobs.cfg', text), NOW_MS).slice(0, LIMITS.listLength);
      return check('pveBackups', { jobs, runs: [], uncoveredGuests: [] });
    },
    whenCut: false,
  },
  {
    name: 'vzdump.cron',
    text: 'PATH="/usr/sbin:/usr/bin"\n\n15 2 * * 6           root vzdump 100 101 --mode snapshot --storage nas\n0 3 * * * root vzdump --all 1 --exclude 200\n',
    parse: (text) =>
      check('pveBackups', {
        jobs: cronBackupJobs(text).slice(0, LIMITS.listLength),
        runs: [],
        uncoveredGuests: [],
      }),
    whenCut: false,
  },
  {
    name: 'replication.cfg',
    text: read('pve9-cluster/etc/pve/replication.cfg'),
    parse: (text) => replicationOf(text, read('pve9-cluster/var/lib/pve-manager/pve-replication-state.json')),
    whenCut: false,
  },
  {
    name: 'pve-replication-state.json',
    text: read('pve9-cluster/var/lib/pve-manager/pve-replication-state.json'),
    parse: (text) => replicationOf(read('pve9-cluster/etc/pve/replication.cfg'), text),
  },
  {
    name: 'tasks/index',
    text: read('pve8-cluster/var/log/pve/tasks/index'),
    parse: (text) =>
      check('pveTasks', {
        running: [],
        failed: parseTasks(text).map(({ type, user, startedAtMs, end }) => ({
          type,
          user,
          startedAtMs,
          ...(end === undefined
            ? {}
            : { endedAtMs: end.atMs, statusText: end.statusText.slice(0, LIMITS.textLength) }),
        })),
      }),
  },
  { name: 'tasks/active', text: read('pve9-cluster/var/log/pve/tasks/active'), parse: parseTasks },
  {
    name: 'user.cfg',
    text: read('pve9-cluster/etc/pve/user.cfg'),
    parse: (text) => [...parseUserPools(text)],
  },
  {
    name: 'a log of vzdump',
    text: read(`pve9-cluster/var/log/pve/tasks/${TASK?.upid.split(':')[4]?.at(-1)}/${TASK?.upid}`),
    parse: guestBackupsOf,
    whenCut: withoutTimes,
  },
  {
    name: 'what is remembered of backups',
    text: '{"readUntilMs":1795315961000,"guests":[{"vmid":100,"lastGoodAtMs":1795315694000,"lastGoodSizeBytes":12079595520}]}',
    parse: (text) => check('pveGuestBackups', { guests: parseRemembered(text).guests }),
  },
  {
    name: 'a calendar event',
    text: 'mon..fri *-*-01,15 8..18/2:0/30',
    parse: (text) => {
      const event = parseCalendarEvent(text);
      const atMs = event === undefined ? undefined : nextRun(event, NOW_MS);
      if (atMs !== undefined && !(atMs > NOW_MS)) throw new Error(`${atMs} is past`);
    },
  },
  {
    name: 'net/dev for guests',
    text: read('pve9-cluster/proc/net/dev'),
    parse: (text) => networkOf(text, 100),
  },
];

const ROUNDS = 400;

describe('what is damaged gives a value that is valid or a ParseError', () => {
  test.each(CASES)('$name', ({ name, text, parse }) => {
    expectHoldsWhenDamaged(name, text, parse, ROUNDS);
  });
});

describe('what is cut off gives nothing that is not there in the whole of', () => {
  test.each(CASES.filter(({ whenCut }) => whenCut !== false))('$name', ({ text, parse, whenCut }) => {
    expectHonestWhenCut(text, whenCut || parse);
  });
});

/** Records without their last column, which has no mark behind it. */
function withoutLastColumn(text: string): unknown {
  const { nodes, guests, storages } = parseRrd(text);
  return [
    [...nodes],
    [...guests].map(([vmid, { diskWritten: _, pressure, ...record }]) => [
      vmid,
      record,
      pressure.slice(0, -1),
    ]),
    [...storages].map(([name, { used: _, ...record }]) => [name, record]),
  ];
}

/** Without the times, which are those of the task where the log has lost them. */
function withoutTimes(text: string): unknown {
  return JSON.parse(
    JSON.stringify(guestBackupsOf(text), (key, value: unknown) => (key.endsWith('AtMs') ? undefined : value)),
  );
}
