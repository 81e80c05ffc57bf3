import { LIMITS } from '@proxmox-monitor/protocol';
import { describe, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { expectHoldsWhenDamaged, expectHonestWhenCut } from '../testing/mutation.ts';
import { recordedFile } from '../testing/recorded-host.ts';
import { DamagedFiles } from './damaged-files.ts';
import { parseDatasetLine } from './datasets.ts';
import { parseListText } from './list-text.ts';
import { mergePools } from './merge.ts';
import { SnapshotSummary } from './snapshots.ts';
import { parseStatusJson } from './status-json.ts';
import { parseStatusText } from './status-text.ts';
import { recordedZfs } from './testing.ts';

const ROUNDS = 120;
const NOW_MS = 1_795_376_330_000;

function checkedPools(pools: unknown): unknown {
  checkDocument('zfsPools', { pools });
  return pools;
}

describe('damaged output of zpool gives pools that are valid or a ParseError', () => {
  test.each(recordedZfs())('$name', ({ name, status, statusJson, list }) => {
    const hold = (text: string, parse: (text: string) => unknown): void =>
      expectHoldsWhenDamaged(name, text, (damaged) => checkedPools(parse(damaged)), ROUNDS);
    hold(status, (text) => mergePools(parseStatusText(text), parseListText(list)));
    if (list !== '') hold(list, (text) => mergePools(parseStatusText(status), parseListText(text)));
    if (statusJson !== undefined) hold(statusJson, (text) => parseStatusJson(text, NOW_MS));
  });
});

describe('output of zpool that is cut off gives nothing that is not there in the whole of', () => {
  test.each(recordedZfs())('$name', ({ status, list }) => {
    expectHonestWhenCut(status, parseStatusText);
    if (list !== '') expectHonestWhenCut(list, parseListText);
  });
});

/** What the collectors of streams make of all lines. */
const STREAMS: readonly [name: string, text: string, parse: (lines: readonly string[]) => unknown][] = [
  [
    'zfs list of datasets',
    recordedFile('pve9-cluster/recorded/zfs/datasets.txt'),
    (lines) => {
      const datasets = lines.map(parseDatasetLine).slice(0, LIMITS.listLength);
      checkDocument('zfsDatasets', { datasets, omittedCount: 0, unknownPools: [] });
    },
  ],
  [
    'zfs list of snapshots',
    recordedFile('pve9-cluster/recorded/zfs/snapshots.txt'),
    (lines) => {
      const summary = new SnapshotSummary();
      for (const line of lines) summary.add(line);
      checkDocument('zfsSnapshots', summary.document());
    },
  ],
  [
    'zpool status -v',
    recordedFile('pve8-degraded/recorded/zpool/status-v.txt'),
    (lines) => {
      const damaged = new DamagedFiles();
      for (const line of lines) damaged.take(line);
      checkDocument('zfsDamagedFiles', { pools: damaged.pools });
    },
  ],
];

describe('damaged lines of a stream give a document that is valid or a ParseError', () => {
  test.each(STREAMS)('%s', (name, text, parse) => {
    expectHoldsWhenDamaged(
      name,
      text,
      (damaged) => parse(damaged.split('\n').filter((line) => line !== '')),
      600,
    );
  });
});
