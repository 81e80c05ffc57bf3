import type { ZfsDataset } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { counted, formatCount } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Age, Moment } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { type Fact, FactList } from '../components/fact-list.tsx';
import { Meter } from '../components/meter.tsx';
import { Name } from '../components/name.tsx';
import { Note } from '../components/note.tsx';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { Freshness } from '../host/section.tsx';
import { type DatasetRow, datasetRows, quotaOf } from './dataset-rows.ts';

const COLUMNS: readonly Column<DatasetRow>[] = [
  {
    title: 'Dataset',
    cell: ({ name, dataset }) => (
      <>
        <Name text={name} mono={true} />
        {dataset?.type === 'volume' ? <span class="tag">volume</span> : null}
        {dataset?.encryption === undefined ? null : <KeyState dataset={dataset} />}
      </>
    ),
  },
  {
    title: 'Used',
    className: 'num nw',
    cell: ({ dataset }) => (dataset === undefined ? <Absent /> : formatBytes(dataset.usedBytes)),
  },
  {
    title: 'of its quota',
    className: 'w-meter p2',
    cell: ({ dataset }) => {
      const quota = dataset && quotaOf(dataset);
      if (quota === undefined) return <Absent why="no quota" />;
      return (
        <Meter percent={quota.percent} label={`${formatBytesOf(quota.usedBytes, quota.limitBytes)} used`} />
      );
    },
  },
  {
    title: 'Snapshots',
    className: 'num nw',
    cell: ({ snapshots }) => (snapshots === undefined ? <Absent why="none" /> : formatCount(snapshots.count)),
  },
  {
    title: 'Newest',
    className: 'num nw no-phone',
    cell: ({ snapshots, skewMs }) =>
      snapshots === undefined ? (
        <Absent />
      ) : (
        <>
          <Age atMs={snapshots.newestAtMs - skewMs} /> ago
        </>
      ),
  },
  {
    title: 'In snapshots',
    className: 'num nw p3',
    cell: ({ dataset }) =>
      dataset?.usedBySnapshotsBytes === undefined ? <Absent /> : formatBytes(dataset.usedBySnapshotsBytes),
  },
  {
    title: 'Compressed',
    className: 'num nw p3',
    cell: ({ dataset }) =>
      dataset?.compressRatio === undefined ? <Absent /> : `${dataset.compressRatio.toFixed(2)}×`,
  },
];

/** Encrypted is no fault, and locked may be meant: but what is locked cannot be mounted or backed up. */
function KeyState({ dataset: { keyStatus } }: { readonly dataset: ZfsDataset }): JSX.Element {
  if (keyStatus !== 'unavailable') return <span class="tag">encrypted</span>;
  return (
    <span class="beside">
      <Chip severity="info" text="locked" />
    </span>
  );
}

function AboutDataset({ row: { dataset, snapshots, skewMs } }: { readonly row: DatasetRow }): JSX.Element {
  const bytes = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : formatBytes(value);
  const quota = dataset && quotaOf(dataset);
  const facts: readonly Fact[] = [
    { label: 'Referenced', value: bytes(dataset?.referencedBytes) },
    { label: 'Available', value: bytes(dataset?.availableBytes) },
    { label: 'In snapshots', value: bytes(dataset?.usedBySnapshotsBytes) },
    { label: 'Quota', value: bytes(dataset?.quotaBytes) },
    { label: 'Quota of its own data', value: bytes(dataset?.refquotaBytes) },
    { label: 'Taken of it', value: quota && formatBytesOf(quota.usedBytes, quota.limitBytes) },
    { label: 'Size of the volume', value: bytes(dataset?.volumeBytes) },
    {
      label: 'Compression',
      value: [
        dataset?.compression,
        dataset?.compressRatio === undefined ? '' : `${dataset.compressRatio.toFixed(2)}×`,
      ]
        .filter(Boolean)
        .join(', '),
    },
    { label: 'Encryption', value: dataset?.encryption },
    { label: 'Key', value: dataset?.keyStatus },
    { label: 'Newest snapshot', value: snapshots && <Name text={snapshots.newestName} mono={true} /> },
    { label: 'taken', value: snapshots && <Moment atMs={snapshots.newestAtMs - skewMs} /> },
    {
      label: 'Oldest taken',
      value: snapshots && <Moment atMs={snapshots.oldestAtMs - skewMs} />,
    },
  ];
  return <FactList facts={facts} />;
}

const SHOWN = 10;

/** Datasets and their snapshots below the pools. Nothing on a host that has none. */
export function DatasetsTable({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  const { zfsDatasets, zfsSnapshots } = detail.documents;
  const rows = datasetRows(detail);
  if (zfsDatasets === undefined && zfsSnapshots === undefined) return null;
  const omittedSnapshots = zfsSnapshots?.body.omittedDatasets ?? 0;
  const { unknownPools = [], omittedCount = 0 } = zfsDatasets?.body ?? {};
  return (
    <div class="part" id="datasets">
      <header>
        <h3>Datasets</h3>
        <p>
          {counted(rows.length + omittedCount, 'dataset')}
          {zfsSnapshots === undefined ? '' : `, ${counted(zfsSnapshots.body.totalCount, 'snapshot')}`}
          {omittedCount === 0 ? '' : `; the first ${rows.length} are listed`}
          {omittedSnapshots === 0
            ? ''
            : `; those of ${formatCount(omittedSnapshots)} more datasets are not listed`}
        </p>
        <Freshness detail={detail} source="zfsDatasets" />
      </header>
      {unknownPools.length === 0 ? null : (
        <Note severity="warn">
          Datasets of {unknownPools.join(', ')} are not known while ZFS has suspended it. They are not gone.
        </Note>
      )}
      {rows.length === 0 ? null : (
        <DataTable
          label="Datasets"
          columns={COLUMNS}
          rows={rows}
          keyOf={({ name }) => name}
          first={SHOWN}
          more={(row) => <AboutDataset row={row} />}
        />
      )}
    </div>
  );
}
