import type { DiskIoDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Rates } from '../../src/api/schema.ts';
import { Absent } from '../components/absent.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Meter } from '../components/meter.tsx';
import { compareNames } from '../fleet/severity.ts';
import { formatDiskSize } from '../format/disk-size.ts';
import { counted } from '../format/number.ts';
import { formatPercent } from '../format/percent.ts';
import { RateText } from './rate-text.tsx';
import { Section } from './section.tsx';

interface DiskRow {
  readonly disk: DiskIoDocument['disks'][number];
  readonly rate: Rates['disks'][number] | undefined;
}

const COLUMNS: readonly Column<DiskRow>[] = [
  { title: 'Disk', className: 'mono', cell: ({ disk }) => disk.name },
  { title: 'Model', className: 'p2', cell: ({ disk }) => disk.model ?? <Absent /> },
  { title: 'Serial', className: 'p3 mono', cell: ({ disk }) => disk.serial ?? <Absent /> },
  {
    title: 'Size',
    className: 'num nw no-phone',
    cell: ({ disk }) => (disk.sizeBytes === undefined ? <Absent /> : formatDiskSize(disk.sizeBytes)),
  },
  {
    title: 'Read MB/s',
    className: 'num',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.readBytesPerSecond} />,
  },
  {
    title: 'Write MB/s',
    className: 'num',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.writeBytesPerSecond} />,
  },
  {
    title: 'Busy',
    className: 'w-meter',
    cell: ({ rate }) =>
      rate === undefined ? (
        <Absent />
      ) : (
        <Meter percent={rate.busyPercent} label={`busy ${formatPercent(rate.busyPercent)}`} />
      ),
  },
];

export function DisksSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const disks = detail.documents.diskIo?.body.disks ?? [];
  const rates = new Map(detail.rates.disks.map((rate) => [rate.name, rate]));
  const rows = disks
    .toSorted((first, second) => compareNames(first.name, second.name))
    .map((disk) => ({ disk, rate: rates.get(disk.name) }));
  return (
    <Section
      id="disks"
      title="Disks"
      what="disk"
      count={disks.length}
      summary={counted(disks.length, 'disk')}
      detail={detail}
      source="diskIo"
    >
      <DataTable label="Disks" columns={COLUMNS} rows={rows} keyOf={({ disk }) => disk.name} />
    </Section>
  );
}
