import type { ZfsDataset } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { HostDetail } from '../../src/api/schema.ts';
import { NOW_MS } from '../fleet/test-hosts.ts';
import { detailWith, textOf } from '../host/test-detail.ts';
import { mirrorDegraded, mirrorWell, replacingInSpare, singleDiskWithDataErrors } from '../preview/pools.ts';
import { ArcFacts } from './arc-facts.tsx';
import { quotaOf } from './dataset-rows.ts';
import { DatasetsTable } from './datasets-table.tsx';
import { diskOfLeaf } from './disk-of-leaf.ts';
import { PoolCard } from './pool-card.tsx';

const GIB = 1024 ** 3;
const dataset = (name: string, gib: number, more: Partial<ZfsDataset> = {}): ZfsDataset => ({
  name,
  type: 'filesystem',
  usedBytes: gib * GIB,
  ...more,
});

const snapshots = {
  name: 'rpool/a',
  count: 31,
  newestName: 'rpool/a@new',
  newestAtMs: NOW_MS - 2 * 3_600_000,
  oldestAtMs: NOW_MS - 90 * 86_400_000,
};

function withDatasets(datasets: ZfsDataset[], more: object = {}): HostDetail {
  return detailWith({
    documents: {
      zfsDatasets: { datasets, omittedCount: 0, unknownPools: [], ...more },
      zfsSnapshots: { datasets: [snapshots], totalCount: 1_031, omittedDatasets: 0 },
    },
  });
}

describe('datasets', () => {
  test('come with their snapshots, the largest first', () => {
    const datasets = [dataset('rpool/a', 1), dataset('rpool', 9), dataset('rpool/b', 4, { type: 'volume' })];
    const text = textOf(render(<DatasetsTable detail={withDatasets(datasets)} />));
    expect(text).toContain('3 datasets, 1,031 snapshots');
    expect(text).toMatch(/ rpool 9 GiB .* rpool\/b volume 4 GiB .* rpool\/a 1 GiB .* 31 /);
  });

  test('are folded where there are many, and say how many are not in the list at all', () => {
    const many = Array.from({ length: 30 }, (_, index) => dataset(`rpool/${index}`, 30 - index));
    const html = render(<DatasetsTable detail={withDatasets(many, { omittedCount: 500 })} />);
    // snapshots tell of one dataset that is not among them
    expect(textOf(html)).toContain('531 datasets');
    expect(textOf(html)).toContain('and 21 more');
    expect(html.match(/<tr>/g)).toHaveLength(11);
  });

  test('that are encrypted say whether their key is there', () => {
    const encryption = 'aes-256-gcm';
    const text = textOf(
      render(
        <DatasetsTable
          detail={withDatasets([
            dataset('rpool/open', 2, { encryption, keyStatus: 'available' }),
            dataset('rpool/shut', 1, { encryption, keyStatus: 'unavailable' }),
          ])}
        />,
      ),
    );
    expect(text).toMatch(/rpool\/open encrypted .*rpool\/shut Info: locked/);
  });

  test('of a suspended pool are not gone', () => {
    const text = textOf(render(<DatasetsTable detail={withDatasets([], { unknownPools: ['tank'] })} />));
    expect(text).toContain('Datasets of tank are not known while ZFS has suspended it');
  });

  test('are measured against the quota that is nearer', () => {
    const both = dataset('a', 5, { quotaBytes: 10 * GIB, referencedBytes: 4 * GIB, refquotaBytes: 5 * GIB });
    expect(quotaOf(both)).toEqual({ usedBytes: 4 * GIB, limitBytes: 5 * GIB, percent: 80 });
    expect(quotaOf(dataset('a', 5))).toBeUndefined();
  });
});

describe('the disk that a leaf is on', () => {
  const disk = (name: string, serial: string, wwn = '') => ({
    device: `/dev/${name}`,
    name,
    serial,
    wwn,
    state: 'ok' as const,
    counters: {},
    increases: [],
    failedAttributes: [],
    uses: [],
  });
  const disks = [disk('sda', 'S662NN0W314158', '0x5002'), disk('sdb', 'WD 12/34567'), disk('nvme0n1', 'A1')];

  test.each([
    ['ata-SAMSUNG_MZ7L3960HCJR_S662NN0W314158-part3', undefined, 'sda'],
    ['wwn-0x5002-part1', undefined, 'sda'],
    ['sda3', undefined, 'sda'],
    ['10007601601351648863', '/dev/disk/by-id/ata-SAMSUNG_X_S662NN0W314158', 'sda'],
    ['ata-WDC_WD_12_34567', undefined, 'sdb'],
    ['nvme0n1p3', undefined, 'nvme0n1'],
    ['scsi-SOMETHING_A1', undefined, undefined],
    ['sdaa', undefined, undefined],
    ['mirror-0', undefined, undefined],
  ])('%s at %s: %s', (name, path, found) => {
    expect(diskOfLeaf({ name, ...(path && { path }) }, disks)?.name).toBe(found);
  });

  test('is not guessed where two fit', () => {
    expect(
      diskOfLeaf({ name: 'ata-X_S662NN0W314158' }, [...disks, disk('sdc', 'S662NN0W314158')]),
    ).toBeUndefined();
  });

  test('says in the tree how warm and worn it is, and that it fails', () => {
    const sick = { ...disk('sda', 'S662NN0W314158'), temperatureCelsius: 41, wearPercent: 60, passed: false };
    const html = render(<PoolCard pool={mirrorDegraded} disks={[sick]} hostNowMs={NOW_MS} />);
    expect(textOf(html)).toMatch(/S662NN0W314158-part3 41 °C, 60 % worn , SMART: failing ONLINE/);
  });
});

describe('beside a pool', () => {
  test('stand the files that ZFS could not mend, and how many it names no more', () => {
    const files = Array.from({ length: 7 }, (_, index) => `/tank/<b>${index}`);
    const html = render(
      <PoolCard pool={singleDiskWithDataErrors} damaged={{ name: 'my pool', files, omittedCount: 118 }} />,
    );
    expect(html).not.toContain('<b>0');
    expect(textOf(html)).toMatch(/Damaged files \/tank\/&lt;b>0 .* and 2 more .*118 more are not listed/);
  });

  test('stands its read cache, with what it may grow to', () => {
    const arc = {
      sizeBytes: 4 * GIB,
      targetBytes: 5 * GIB,
      minimumBytes: GIB,
      maximumBytes: 8 * GIB,
      hits: 9,
      misses: 1,
    };
    const text = textOf(
      render(<ArcFacts detail={detailWith({ documents: { zfsArc: { ...arc, l2SizeBytes: GIB } } })} />),
    );
    expect(text).toMatch(
      /Size 4 GiB .*Keeps between 1 GiB and 8 GiB .*Hits since boot 90 % .*On cache disks 1 GiB/,
    );
    expect(render(<ArcFacts detail={detailWith({})} />)).toBe('');
  });

  test('stands what is being done to it', () => {
    expect(textOf(render(<PoolCard pool={replacingInSpare} />))).toMatch(
      /DEGRADED Resilver: 34 %, 3 h 10 min left/,
    );
    expect(render(<PoolCard pool={mirrorWell} />)).not.toMatch(/<small>\w+: /);
  });
});
