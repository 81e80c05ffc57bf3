import type { PveStorage } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Meter } from '../components/meter.tsx';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

const COLUMNS: readonly Column<PveStorage>[] = [
  {
    title: 'Storage',
    className: 'mono',
    cell: ({ name, isShared }) => (
      <>
        {name}
        {isShared ? <span class="tag">shared</span> : null}
      </>
    ),
  },
  { title: 'State', cell: (storage) => <StateChip {...storage} /> },
  {
    title: 'Used',
    className: 'w-meter',
    cell: ({ usedBytes: used, totalBytes: total }) =>
      used === undefined || total === undefined || total === 0 ? (
        <Absent />
      ) : (
        <Meter percent={(used / total) * 100} label={`${formatBytesOf(used, total)} used`} />
      ),
  },
  {
    title: 'Size',
    className: 'num nw no-phone',
    cell: ({ totalBytes }) => (totalBytes === undefined ? <Absent /> : formatBytes(totalBytes)),
  },
  { title: 'Type', className: 'p2 dim', cell: ({ type }) => type },
  { title: 'For', className: 'p3 dim', cell: ({ contents }) => contents.join(', ') },
];

function StateChip({ isEnabled, isActive }: PveStorage): JSX.Element {
  if (!isEnabled) return <Chip severity="silent" text="disabled" />;
  if (isActive === undefined) return <Chip severity="silent" text="not known" />;
  return isActive ? <Chip severity="ok" text="active" /> : <Chip severity="warn" text="inactive" />;
}

export function StoragesSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'pveStorages')) return null;
  const storages = detail.documents.pveStorages?.body.storages ?? [];
  return (
    <Section
      id="storages"
      title="Storages"
      what="storage"
      count={storages.length}
      summary={counted(storages.length, 'storage')}
      detail={detail}
      source="pveStorages"
    >
      <DataTable label="Storages" columns={COLUMNS} rows={storages} keyOf={({ name }) => name} />
    </Section>
  );
}
