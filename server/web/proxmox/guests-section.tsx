import type { PveGuest, PveGuestBackupsDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Rates } from '../../src/api/schema.ts';
import { compareGuests, guestState } from '../../src/fleet/findings/guest-state.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Absent } from '../components/absent.tsx';
import { Age } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Meter } from '../components/meter.tsx';
import { Name } from '../components/name.tsx';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { isHere } from '../host/is-here.ts';
import { RateText } from '../host/rate-text.tsx';
import { Section } from '../host/section.tsx';
import { AboutGuest } from './about-guest.tsx';

export interface GuestRow {
  readonly guest: PveGuest;
  readonly rate: Rates['guests'][number] | undefined;
  readonly backup: PveGuestBackupsDocument['guests'][number] | undefined;
  readonly skewMs: number;
}

const COLUMNS: readonly Column<GuestRow>[] = [
  {
    title: 'Guest',
    cell: ({ guest }) => (
      <>
        <span class="mono faint">{guest.vmid}</span>{' '}
        {guest.name === undefined ? <Absent /> : <Name text={guest.name} />}
        {guest.type === 'lxc' ? <span class="tag">CT</span> : null}
        {guest.tags?.map((tag) => (
          <span class="tag no-phone" key={tag}>
            <Name text={tag} />
          </span>
        ))}
      </>
    ),
  },
  { title: 'State', cell: ({ guest }) => <Chip {...guestState(guest)} /> },
  {
    title: 'CPU',
    className: 'w-meter no-phone',
    cell: ({ guest, rate }) => {
      const percent = guest.cpuPercent ?? rate?.cpuPercent;
      if (percent === undefined) return <Absent />;
      const cpus = guest.cpus === undefined ? '' : ` of ${counted(guest.cpus, 'CPU')}`;
      return <Meter percent={percent} label={`${formatPercent(percent)}${cpus}`} />;
    },
  },
  {
    title: 'Memory',
    className: 'w-meter no-phone',
    cell: ({ guest: { memoryUsedBytes: used, memoryHostBytes: host, memoryMaximumBytes: most } }) => {
      const bytes = used ?? host;
      if (bytes === undefined || most === undefined || most === 0) return <Absent />;
      return <Meter percent={(bytes / most) * 100} label={`${formatBytesOf(bytes, most)} used`} />;
    },
  },
  {
    title: 'Disk',
    className: 'num nw p3',
    cell: ({ guest: { diskUsedBytes: used, diskMaximumBytes: most } }) => {
      if (most === undefined) return <Absent />;
      return used === undefined ? formatBytes(most) : formatBytesOf(used, most);
    },
  },
  {
    title: 'In MB/s',
    className: 'num p3',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.receiveBytesPerSecond} />,
  },
  {
    title: 'Out MB/s',
    className: 'num p3',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.sendBytesPerSecond} />,
  },
  {
    title: 'Up',
    className: 'num nw p2',
    cell: ({ guest: { uptimeSeconds } }) =>
      uptimeSeconds === undefined ? <Absent why="not running" /> : formatDuration(uptimeSeconds * 1000),
  },
  {
    title: 'Last backup',
    className: 'num nw p2',
    cell: ({ backup, skewMs }) =>
      backup?.lastGoodAtMs === undefined ? (
        <Absent />
      ) : (
        <>
          <Age atMs={backup.lastGoodAtMs - skewMs} /> ago
        </>
      ),
  },
];

/** Those in trouble are among them, whatever their number. */
const SHOWN = 40;

export function GuestsSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'pveGuests')) return null;
  const guests = detail.documents.pveGuests?.body.guests ?? [];
  const rates = new Map(detail.rates.guests.map((rate) => [rate.vmid, rate]));
  const backups = new Map(detail.documents.pveGuestBackups?.body.guests.map((guest) => [guest.vmid, guest]));
  const skewMs = detail.clockSkewMs ?? 0;
  const running = guests.filter(({ status }) => status === 'running').length;
  const rows = guests.toSorted(compareGuests).map((guest) => ({
    guest,
    rate: rates.get(guest.vmid),
    backup: backups.get(guest.vmid),
    skewMs,
  }));
  return (
    <Section
      id="guests"
      title="Guests"
      what="guest"
      count={guests.length}
      summary={`${counted(guests.length, 'guest')}, ${running} running`}
      detail={detail}
      source="pveGuests"
      also={['pveGuestBackups']}
    >
      <DataTable
        label="Guests"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ guest }) => String(guest.vmid)}
        first={SHOWN}
        more={(row) => <AboutGuest row={row} />}
      />
    </Section>
  );
}
