import { describe, expect, test } from 'vitest';
import { DATASET_COLUMNS, parseDatasetLine } from './datasets.ts';
import { SnapshotSummary } from './snapshots.ts';

const line = (...cells: string[]): string => cells.join('\t');

test.each([
  [
    'a filesystem with a quota',
    line(
      'rpool/data/subvol-102-disk-0',
      'filesystem',
      '21151744',
      '134119424',
      '98304',
      '21053440',
      '0',
      '134217728',
      '-',
      '1.00',
      'on',
      'off',
      '-',
    ),
    {
      name: 'rpool/data/subvol-102-disk-0',
      type: 'filesystem',
      usedBytes: 21_151_744,
      availableBytes: 134_119_424,
      referencedBytes: 98_304,
      usedBySnapshotsBytes: 21_053_440,
      refquotaBytes: 134_217_728,
      compressRatio: 1,
      compression: 'on',
    },
  ],
  [
    'an encrypted volume whose key is missing, with a space in its name',
    line(
      'rpool/secret data',
      'volume',
      '192',
      '9',
      '8',
      '0',
      '-',
      '-',
      '67108864',
      '2.53x',
      'zstd-3',
      'aes-256-gcm',
      'unavailable',
    ),
    {
      name: 'rpool/secret data',
      type: 'volume',
      usedBytes: 192,
      availableBytes: 9,
      referencedBytes: 8,
      usedBySnapshotsBytes: 0,
      volumeBytes: 67_108_864,
      compressRatio: 2.53,
      compression: 'zstd-3',
      encryption: 'aes-256-gcm',
      keyStatus: 'unavailable',
    },
  ],
])('%s', (_, text, expected) => {
  expect(parseDatasetLine(text)).toEqual(expected);
});

describe('a line of datasets is refused', () => {
  test.each([
    ['with too few columns', 'rpool\tfilesystem\t1'],
    [
      'of another type',
      line('a@b', 'snapshot', ...Array.from({ length: DATASET_COLUMNS.length - 2 }, () => '1')),
    ],
    [
      'with a size that is none',
      line('a', 'filesystem', '1T', '1', '1', '1', '0', '0', '-', '1', 'on', 'off', '-'),
    ],
  ])('%s', (_, text) => {
    expect(() => parseDatasetLine(text)).toThrow(/zfs list (printed|has)/);
  });
});

describe('snapshots', () => {
  test('are summed up for each dataset, the newest by its time', () => {
    const summary = new SnapshotSummary();
    for (const text of ['rpool/a@old\t1000', 'rpool/a b@x\t7', 'rpool/a@new\t3000', 'rpool/a@middle\t2000'])
      summary.add(text);
    expect(summary.document()).toEqual({
      datasets: [
        { name: 'rpool/a', count: 3, newestName: 'new', newestAtMs: 3_000_000, oldestAtMs: 1_000_000 },
        { name: 'rpool/a b', count: 1, newestName: 'x', newestAtMs: 7_000, oldestAtMs: 7_000 },
      ],
      totalCount: 4,
      omittedDatasets: 0,
    });
  });

  test('of more datasets than travel are counted all the same', () => {
    const summary = new SnapshotSummary();
    for (let number = 0; number < 1_026; number += 1) summary.add(`p/${number}@s\t1`);
    expect(summary.document()).toMatchObject({
      totalCount: 1_026,
      omittedDatasets: 2,
      datasets: { length: 1_024 },
    });
  });

  test.each(['a\t1', 'a@b', 'a@b\tnow', '@b\t1'])('printed like %j are refused', (text) => {
    expect(() => new SnapshotSummary().add(text)).toThrow('for a snapshot');
  });
});
