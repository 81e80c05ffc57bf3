import type { NetworkDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Rates } from '../../src/api/schema.ts';
import { counted, formatCount } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { compareNames } from '../fleet/severity.ts';
import { formatLinkSpeed } from '../format/rate.ts';
import { RateText } from './rate-text.tsx';
import { Section } from './section.tsx';

type Interface = NetworkDocument['interfaces'][number];

interface InterfaceRow {
  readonly item: Interface;
  readonly rate: Rates['interfaces'][number] | undefined;
}

const KINDS: Readonly<Record<Interface['kind'], string>> = {
  physical: 'NIC',
  bond: 'bond',
  bridge: 'bridge',
  vlan: 'VLAN',
  other: 'other',
};
const KIND_ORDER: readonly Interface['kind'][] = ['physical', 'bond', 'bridge', 'vlan', 'other'];

const COLUMNS: readonly Column<InterfaceRow>[] = [
  { title: 'Interface', className: 'mono', cell: ({ item }) => item.name },
  { title: 'Kind', className: 'p2 dim', cell: ({ item }) => KINDS[item.kind] },
  { title: 'Link', cell: ({ item }) => <LinkState item={item} /> },
  {
    title: 'In MB/s',
    className: 'num',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.receiveBytesPerSecond} />,
  },
  {
    title: 'Out MB/s',
    className: 'num',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.sendBytesPerSecond} />,
  },
  { title: 'Errors', className: 'num p2', cell: ({ item }) => count(item.receiveErrors + item.sendErrors) },
  { title: 'Dropped', className: 'num p3', cell: ({ item }) => count(item.receiveDrops + item.sendDrops) },
];

export function NetworkSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const interfaces = detail.documents.network?.body.interfaces ?? [];
  const rates = new Map(detail.rates.interfaces.map((rate) => [rate.name, rate]));
  const rows = interfaces.toSorted(byKind).map((item) => ({ item, rate: rates.get(item.name) }));
  return (
    <Section
      id="network"
      title="Network"
      what="network interface"
      count={interfaces.length}
      summary={counted(interfaces.length, 'interface')}
      detail={detail}
      source="network"
    >
      <DataTable label="Network interfaces" columns={COLUMNS} rows={rows} keyOf={({ item }) => item.name} />
    </Section>
  );
}

/** An unplugged port is no fault as long as no rule says so. */
function LinkState({ item }: { readonly item: Interface }): JSX.Element {
  if (item.up === undefined) return <Absent />;
  if (!item.up) return <span class="faint">down</span>;
  return (
    <Chip severity="ok" text={item.speedBitsPerSecond ? formatLinkSpeed(item.speedBitsPerSecond) : 'up'} />
  );
}

/** Zeros are faint: they are no news. */
function count(events: number): JSX.Element {
  return <span class={events === 0 ? 'faint' : undefined}>{formatCount(events)}</span>;
}

function byKind(first: Interface, second: Interface): number {
  return (
    KIND_ORDER.indexOf(first.kind) - KIND_ORDER.indexOf(second.kind) || compareNames(first.name, second.name)
  );
}
