import type { FilesystemsDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Absent } from '../components/absent.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Meter } from '../components/meter.tsx';
import { compareNames } from '../fleet/severity.ts';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { Section } from './section.tsx';

type Filesystem = FilesystemsDocument['filesystems'][number];

const COLUMNS: readonly Column<Filesystem>[] = [
  {
    title: 'Mounted at',
    className: 'mono',
    cell: ({ mountPoint, readOnly }) => (
      <>
        {mountPoint}
        {readOnly ? <span class="tag">read only</span> : null}
      </>
    ),
  },
  {
    title: 'Used',
    className: 'w-meter',
    cell: (filesystem) => (
      <Meter
        percent={usedPercent(filesystem)}
        label={`${formatBytesOf(filesystem.usedBytes, filesystem.sizeBytes)} used`}
      />
    ),
  },
  { title: 'Size', className: 'num nw no-phone', cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
  { title: 'Free', className: 'num nw', cell: ({ availableBytes }) => formatBytes(availableBytes) },
  {
    title: 'Inodes',
    className: 'num p3',
    cell: ({ inodes, inodesUsed }) =>
      inodes && inodesUsed !== undefined ? (
        formatPercent((inodesUsed / inodes) * 100)
      ) : (
        <Absent why="no limit" />
      ),
  },
  { title: 'Type', className: 'p2 dim', cell: ({ type }) => type },
  { title: 'Device', className: 'p3 dim mono', cell: ({ device }) => device },
];

export function FilesystemsSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const filesystems = detail.documents.filesystems?.body.filesystems ?? [];
  return (
    <Section
      id="filesystems"
      title="Filesystems"
      what="local filesystem"
      count={filesystems.length}
      summary={counted(filesystems.length, 'local filesystem')}
      detail={detail}
      source="filesystems"
    >
      <DataTable
        label="Filesystems"
        columns={COLUMNS}
        rows={filesystems.toSorted(fullestFirst)}
        keyOf={({ mountPoint }) => mountPoint}
      />
    </Section>
  );
}

/** As `df` counts: blocks reserved for root are neither used nor free. */
function usedPercent({ usedBytes, availableBytes }: Filesystem): number {
  const all = usedBytes + availableBytes;
  return all === 0 ? 0 : (usedBytes / all) * 100;
}

/** What is read only is full by design and comes last. */
function fullestFirst(first: Filesystem, second: Filesystem): number {
  return (
    Number(first.readOnly) - Number(second.readOnly) ||
    usedPercent(second) - usedPercent(first) ||
    compareNames(first.mountPoint, second.mountPoint)
  );
}
