import type { Vdev } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { parseArcstats } from '../collectors/zfs-arc.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { DamagedFiles, unavailableErrors } from './damaged-files.ts';
import { DATASET_COLUMNS, parseDatasetLine } from './datasets.ts';
import { poolStates, suspendedPools } from './pool-states.ts';
import { SnapshotSummary } from './snapshots.ts';
import { parseStatusText } from './status-text.ts';
import { recordedMoment, recordedZfs, recordedZfsFile } from './testing.ts';

/** What `zpool` says of a pool that hangs, as an error, was recorded before its output. */
const ERROR_BEFORE_IT = /^errors: List of errors unavailable.*\n/;

describe('with whole paths the pools are the same, of', () => {
  test.each(recordedZfs())('$name', ({ status, statusWithPaths }) => {
    const [short, long] = [status, statusWithPaths.replace(ERROR_BEFORE_IT, '')].map(parseStatusText);
    expect(long?.map(({ name, state }) => [name, state])).toEqual(
      short?.map(({ name, state }) => [name, state]),
    );
    expect(long?.map(({ vdevs }) => vdevs.map(shape))).toEqual(short?.map(({ vdevs }) => vdevs.map(shape)));
    const names = short?.flatMap(({ vdevs }) => vdevs.map(({ name }) => name)) ?? [];
    const paths = long?.flatMap(({ vdevs }) => vdevs.map(({ name }) => name)) ?? [];
    for (const [index, path] of paths.entries()) {
      // Of a partition that ZFS made itself the short name is the disk's.
      expect(
        path
          .split('/')
          .at(-1)
          ?.replace(/-part1$/, ''),
      ).toBe(
        names[index]
          ?.split('/')
          .at(-1)
          ?.replace(/-part1$/, ''),
      );
    }
  });
});

function shape({ depth, class: group, state, type }: Vdev): string {
  return `${depth} ${group} ${state} ${type}`;
}

describe('damaged files are named, of', () => {
  const DAMAGED: Readonly<Record<string, readonly string[]>> = {
    'noble-2.2.2/31-perm-plus-healthy': [
      'my pool: my pool:<0x80>, my pool/vm data:<0x23>, my pool/vm data@snap 1:<0x23>',
    ],
  };

  test.each(recordedZfs())('$name', ({ name, status, statusWithPaths }) => {
    const damaged = new DamagedFiles();
    for (const line of statusWithPaths.split('\n')) damaged.take(line);
    const pools = damaged.pools.map((pool) => `${pool.name}: ${pool.files.join(', ')}`);
    if (DAMAGED[name] !== undefined) expect(pools).toEqual(DAMAGED[name]);
    const isHung = ERROR_BEFORE_IT.test(statusWithPaths);
    expect(unavailableErrors(statusWithPaths)).toBe(
      isHung ? 'List of errors unavailable: pool I/O is currently suspended' : undefined,
    );
    const withErrors = parseStatusText(status).filter(({ dataErrors }) => (dataErrors ?? 0) > 0);
    expect(damaged.pools.map((pool) => pool.name)).toEqual(isHung ? [] : withErrors.map((pool) => pool.name));
  });
});

/** The columns of the recorded lists, in their order. */
const COLUMNS =
  'name,type,used,available,referenced,mountpoint,compressratio,quota,refquota,reservation,refreservation,volsize,origin,encryption,keystatus,mounted,creation,written,usedbysnapshots'.split(
    ',',
  );

describe('zfs list, with the columns that the agent asks for, of', () => {
  test.each([
    ['noble-2.2.2/01-mirror-healthy-never-scrubbed', 10, 3, 'available', 154_443_776],
    ['noble-2.2.2/90-disk-gone-not-yet-suspended', 13, 3, 'unavailable', 179_572_736],
    ['resolute-2.4.1/01-mirror-healthy-never-scrubbed', 10, 3, 'available', 154_193_920],
    ['resolute-2.4.1/19-raidz2-disk-pulled', 13, 3, 'unavailable', 179_531_776],
  ] as const)('%s', (name, datasetCount, snapshotCount, keyStatus, used) => {
    const rows = recordedZfsFile(`${name}/zfs-list-Hp.txt`)
      .trimEnd()
      .split('\n')
      .map((line) => new Map(line.split('\t').map((cell, index) => [COLUMNS[index] ?? '', cell])));
    const summary = new SnapshotSummary();
    for (const row of rows.filter((each) => each.get('type') === 'snapshot'))
      summary.add(`${row.get('name')}\t${row.get('creation')}`);
    const datasets = rows
      .filter((row) => row.get('type') !== 'snapshot')
      .map((row) => parseDatasetLine(DATASET_COLUMNS.map((column) => row.get(column) ?? '-').join('\t')));
    const find = (wanted: string) => datasets.find((dataset) => dataset.name === wanted);
    expect({ datasets: datasets.length, snapshots: summary.document().totalCount }).toEqual({
      datasets: datasetCount,
      snapshots: snapshotCount,
    });
    expect(find('rpool')?.usedBytes).toBe(used);
    expect(find('rpool/secret data')).toMatchObject({
      encryption: 'aes-256-gcm',
      keyStatus,
      quotaBytes: 104_857_600,
    });
    expect(find('rpool/data/subvol-102-disk-0')).toMatchObject({
      refquotaBytes: 134_217_728,
      usedBySnapshotsBytes: 21_053_440,
    });
    expect(find('rpool/data/vm-101-disk-0')).toMatchObject({ type: 'volume', volumeBytes: 209_715_200 });
  });
});

describe('what the kernel says of pools and of its cache, of', () => {
  test.each([
    [
      'noble-2.2.2/90-disk-gone-not-yet-suspended',
      { backup: 'ONLINE', rpool: 'ONLINE', web: 'ONLINE' },
      63_105_776,
      220_087,
    ],
    ['resolute-2.4.1/01-mirror-healthy-never-scrubbed', { rpool: 'ONLINE' }, 53_913_544, 41_487],
    ['resolute-2.4.1/10-raidz2-all-classes', { rpool: 'ONLINE', tank: 'ONLINE' }, 59_079_232, 84_158],
  ])('%s', async (name, states, sizeBytes, hits) => {
    const host = new RecordedHost();
    for (const [pool] of Object.entries(states)) {
      host.files({ [`/proc/spl/kstat/zfs/${pool}/state`]: recordedZfsFile(`${name}/kstat/${pool}_state`) });
    }
    expect(Object.fromEntries(await poolStates(host))).toEqual(states);
    expect(parseArcstats(recordedZfsFile(`${name}/kstat/arcstats`))).toMatchObject({ sizeBytes, hits });
  });

  test.each([
    ['88-before', []],
    ['89-disk-gone', []],
    ['91-suspended-again', ['backup']],
  ])('questing-2.3.4/%s', async (name, suspended) => {
    const host = new RecordedHost().files({
      '/proc/spl/kstat/zfs/backup/state': recordedZfsFile(`questing-2.3.4/${name}/kstat-state.txt`),
    });
    expect(suspendedPools(await poolStates(host))).toEqual(suspended);
  });
});

test('the names of pools that never were are none', () => {
  expect(parseStatusText(recordedMoment('00-no-pools').statusWithPaths)).toEqual([]);
});
