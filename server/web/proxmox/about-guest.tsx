import type { PveGuest } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import { formatDuration } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { formatFinePercent } from '../../src/words/percent.ts';
import { Moment } from '../components/ago.tsx';
import { type Fact, FactList } from '../components/fact-list.tsx';
import { Name } from '../components/name.tsx';
import { formatBytes, formatBytesOf } from '../format/bytes.ts';
import { formatRate } from '../format/rate.ts';
import type { GuestRow } from './guests-section.tsx';

/** All that is known of a guest: what its row has no room for, and on a phone what has left the row. */
export function AboutGuest({
  row: { guest, rate, backup, skewMs },
}: {
  readonly row: GuestRow;
}): JSX.Element {
  const moment = (atMs: number | undefined): JSX.Element | undefined =>
    atMs === undefined ? undefined : <Moment atMs={atMs - skewMs} />;
  const flow = (bytesPerSecond: number | undefined): string | undefined =>
    bytesPerSecond === undefined ? undefined : formatRate(bytesPerSecond);
  const { pressure = {}, memoryMaximumBytes: most, memoryUsedBytes: used, memoryHostBytes: host } = guest;
  const facts: readonly Fact[] = [
    { label: 'Kind', value: guest.type === 'qemu' ? 'virtual machine' : 'container' },
    {
      label: 'Starts at boot',
      value: guest.startsAtBoot === undefined ? undefined : guest.startsAtBoot ? 'yes' : 'no',
    },
    { label: 'Pool', value: guest.pool && <Name text={guest.pool} /> },
    { label: 'Tags', value: guest.tags?.length && <Name text={guest.tags.join(', ')} /> },
    { label: 'HA', value: guest.haState },
    { label: 'Locked by', value: guest.lock },
    { label: 'CPU', value: cpuOf(guest, rate?.cpuPercent) },
    {
      label: 'Memory as it sees it',
      value: used !== undefined && (most === undefined ? formatBytes(used) : formatBytesOf(used, most)),
    },
    { label: 'Memory of the host', value: host !== undefined && formatBytes(host) },
    { label: 'Disk', value: guest.diskMaximumBytes !== undefined && diskOf(guest, guest.diskMaximumBytes) },
    { label: 'Reads', value: flow(rate?.readBytesPerSecond) },
    { label: 'Writes', value: flow(rate?.writeBytesPerSecond) },
    { label: 'Receives', value: flow(rate?.receiveBytesPerSecond) },
    { label: 'Sends', value: flow(rate?.sendBytesPerSecond) },
    { label: 'Waits for CPU', value: shares(pressure.cpuSomePercent, pressure.cpuFullPercent) },
    { label: 'Waits for I/O', value: shares(pressure.ioSomePercent, pressure.ioFullPercent) },
    { label: 'Waits for memory', value: shares(pressure.memorySomePercent, pressure.memoryFullPercent) },
    { label: 'Up', value: guest.uptimeSeconds !== undefined && formatDuration(guest.uptimeSeconds * 1_000) },
    { label: 'Last good backup', value: moment(backup?.lastGoodAtMs) },
    { label: 'Last failed backup', value: moment(backup?.lastFailedAtMs) },
    {
      label: 'Values',
      value: guest.valuesAtMs !== undefined && (
        <>
          {guest.valuesFrom} at {moment(guest.valuesAtMs)}
        </>
      ),
    },
  ];
  return <FactList facts={facts} />;
}

function cpuOf({ cpus, cpuPercent }: PveGuest, ratePercent: number | undefined): string {
  const percent = cpuPercent ?? ratePercent;
  return [
    percent === undefined ? '' : formatFinePercent(percent),
    cpus === undefined ? '' : `of ${counted(cpus, 'CPU')}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function diskOf({ diskUsedBytes: used }: PveGuest, mostBytes: number): string {
  return used === undefined ? formatBytes(mostBytes) : formatBytesOf(used, mostBytes);
}

/** Share of the time in which some, and in which all, of its tasks waited. */
function shares(some: number | undefined, full: number | undefined): string | undefined {
  if (some === undefined) return undefined;
  return full === undefined
    ? formatFinePercent(some)
    : `${formatFinePercent(some)}, all of it ${formatFinePercent(full)}`;
}
