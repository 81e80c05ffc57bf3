import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Inputs that the project gathered; there in its own work tree only. */
const SHARED = join(import.meta.dirname, '../../../../shared/fixtures');
const OWN = join(import.meta.dirname, '../../fixtures');
const SOURCES = join(import.meta.dirname, '..');

interface Claim {
  /** Of the path below the shared folder. */
  readonly files: RegExp;
  /** Where its copy is in `agent/fixtures`, as String.replace takes it. */
  readonly copy?: string;
  /** The test that asserts its facts: a file below `agent/src`. */
  readonly readBy?: string;
  /** Why no collector reads it. */
  readonly notRead?: string;
}

const API = "Proxmox's API: read from files instead (Ceph apart)";
const OTHER_COLUMNS = 'zpool and zfs are asked with other options';
const NO_KSTAT = 'a kstat that says nothing that is shown';

/** Every file is in one of these, and the first that fits counts. */
const CLAIMS: readonly Claim[] = [
  { files: /^INDEX\.md$/, notRead: 'says what the others are' },

  { files: /^zfs\/(.*)\/status\.txt$/, copy: 'zfs/$1/status.txt', readBy: 'zfs/status.test.ts' },
  { files: /^zfs\/(.*)\/status-j-p\.json$/, copy: 'zfs/$1/status-j-p.json', readBy: 'zfs/status.test.ts' },
  {
    files: /^zfs\/questing-.*\/8[89]-[a-z-]+\/status-jp\.DERIVED\.json$/,
    notRead: 'the real output of -j -p is beside it',
  },
  {
    files: /^zfs\/(.*)\/status-jp\.DERIVED\.json$/,
    copy: 'zfs/$1/status-j-p.json',
    readBy: 'zfs/status.test.ts',
  },
  { files: /^zfs\/(.*)\/list-Hp\.txt$/, copy: 'zfs/$1/list-Hp.txt', readBy: 'zfs/status.test.ts' },
  { files: /^zfs\/(.*)\/status-vpP\.txt$/, copy: 'zfs/$1/status-v-p-P.txt', readBy: 'zfs/recorded.test.ts' },
  {
    files: /^zfs\/questing-.*\/zfs-list-Hp\.txt$/,
    notRead: 'too few of the columns that the agent asks for',
  },
  { files: /^zfs\/(.*)\/zfs-list-Hp\.txt$/, copy: 'zfs/$1/zfs-list-Hp.txt', readBy: 'zfs/recorded.test.ts' },
  { files: /^zfs\/(.*)\/kstat\/arcstats$/, copy: 'zfs/$1/kstat/arcstats', readBy: 'zfs/recorded.test.ts' },
  { files: /^zfs\/(.*)\/kstat\/(\w+_state)$/, copy: 'zfs/$1/kstat/$2', readBy: 'zfs/recorded.test.ts' },
  { files: /^zfs\/(.*)\/kstat-state\.txt$/, copy: 'zfs/$1/kstat-state.txt', readBy: 'zfs/recorded.test.ts' },
  { files: /^zfs\/.*\/kstat\//, notRead: NO_KSTAT },
  {
    files: /^zfs\/.*\/(status|list|zfs-list|zpool-get|zfs-get|zpool-version|iostat)[\w.-]*$/,
    notRead: OTHER_COLUMNS,
  },
  {
    files: /^zfs\/.*\/(events|history|dmesg|ps|finished)\.txt$/,
    notRead: 'what was going on while the others were captured',
  },

  { files: /^smart\/(.*scan[\w-]*\.json)$/, copy: 'smart/$1', readBy: 'smart/scan.test.ts' },
  { files: /^smart\/(.*\.json)$/, copy: 'smart/$1', readBy: 'smart/reading.test.ts' },

  {
    files: /^pve-files\/vzdump-task-ok-spec\.txt$/,
    copy: 'vzdump/task-ok.txt',
    readBy: 'collectors/pve-guest-backups.test.ts',
  },
  { files: /^pve-files\/(.*)$/, copy: 'pve/$1', readBy: 'pve/recorded.test.ts' },
  {
    files: /^pve-real\/etc-pve\.(members|rrd|vmlist)$/,
    copy: 'hosts/pve9-single/etc/pve/.$1',
    readBy: 'commands/recorded-hosts.test.ts',
  },
  {
    files: /^pve-real\/((?:storage|jobs|user)\.cfg)$/,
    copy: 'hosts/pve9-single/etc/pve/$1',
    readBy: 'commands/recorded-hosts.test.ts',
  },
  {
    files: /^pve-real\//,
    notRead: 'no collector reads the versions and the log of the cluster, nor a list of its files',
  },

  { files: /^third-party\/smart\/scan-/, readBy: 'smart/scan.test.ts' },
  { files: /^third-party\/smart\//, readBy: 'smart/reading.test.ts' },
  {
    files: /^third-party\/zfs-text\/jc-zpool-iostat/,
    notRead: 'throughput is that of disks: /proc/diskstats',
  },
  { files: /^third-party\/zfs-text\/(jc-zpool-status.*)\.txt$/, readBy: 'collectors/third-party.test.ts' },
  { files: /^third-party\/sensors\/node_exporter-hwmon\.tsv$/, readBy: 'collectors/sensors.test.ts' },
  { files: /^third-party\/sensors\/node_exporter-thermal\.tsv$/, readBy: 'collectors/third-party.test.ts' },
  { files: /^third-party\/vzdump-task-failed/, readBy: 'collectors/pve-guest-backups.test.ts' },
  { files: /^third-party\/pve-api\/ceph-status/, readBy: 'collectors/ceph.test.ts' },
  { files: /^third-party\/pve-api\//, notRead: API },
  { files: /^third-party\/proc\/node_exporter\/mdstat$/, readBy: 'collectors/md-raid.test.ts' },
  {
    files: /^third-party\/proc\/node_exporter\/(interrupts|net_arp|net_sockstat|softirqs)$/,
    notRead: 'nothing of it is shown',
  },
  { files: /^third-party\/proc\//, readBy: 'collectors/third-party.test.ts' },
  { files: /^third-party\/kstat\/node_exporter\/arcstats$/, readBy: 'collectors/third-party.test.ts' },
  { files: /^third-party\/kstat\/node_exporter\/\w+_state$/, readBy: 'collectors/third-party.test.ts' },
  { files: /^third-party\/kstat\/node_exporter\/(zil|poolz1_objset-2)$/, readBy: 'collectors/kstat.test.ts' },
  { files: /^third-party\/kstat\//, notRead: NO_KSTAT },
  { files: /^third-party\/misc\/.*lsblk/, notRead: 'block devices are read from /sys' },
];

const files = existsSync(SHARED)
  ? readdirSync(SHARED, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(SHARED.length + 1))
      .sort((one, other) => (one < other ? -1 : 1))
  : [];
const claimOf = (file: string): Claim | undefined => CLAIMS.find((claim) => claim.files.test(file));

describe.skipIf(files.length === 0)('of the shared inputs', () => {
  test('each is read by a test or listed with the reason why none reads it', () => {
    expect(files.filter((file) => claimOf(file) === undefined)).toEqual([]);
    expect(files.length).toBeGreaterThan(400);
  });

  test('every claim is about some file', () => {
    const used = new Set(files.map(claimOf));
    expect(CLAIMS.filter((claim) => !used.has(claim)).map((claim) => claim.files.source)).toEqual([]);
  });

  test('those that may be copied are here as they are there', () => {
    const different = files.filter((file) => {
      const claim = claimOf(file);
      if (claim?.copy === undefined) return false;
      const copy = join(OWN, file.replace(claim.files, claim.copy));
      return !existsSync(copy) || !readFileSync(copy).equals(readFileSync(join(SHARED, file)));
    });
    expect(different).toEqual([]);
  });

  test('those of other projects are named by the test that reads them', () => {
    const unnamed = files.filter((file) => {
      const reader = claimOf(file)?.readBy;
      if (reader === undefined || !file.startsWith('third-party/')) return false;
      const path = file.slice('third-party/'.length);
      const stem =
        path
          .split('/')
          .at(-1)
          ?.replace(/\.\w+$/, '') ?? path;
      return !textsOf(reader).includes(stem);
    });
    expect(unnamed).toEqual([]);
  });

  test('what reads them is there', () => {
    const readers = new Set(CLAIMS.flatMap(({ readBy }) => readBy ?? []));
    expect([...readers].filter((reader) => !existsSync(join(SOURCES, reader)))).toEqual([]);
  });
});

/** A test, with the table of disks that one of them walks through. */
function textsOf(reader: string): string {
  const text = readFileSync(join(SOURCES, reader), 'utf8');
  return reader.startsWith('smart/') ? text + readFileSync(join(OWN, 'smart/facts.txt'), 'utf8') : text;
}
