import type { DiskUse, SmartDisk } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import { counterText } from '../../src/fleet/findings/disk-verdict.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { isolated } from '../../src/words/isolated.ts';
import { formatCount } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Moment } from '../components/ago.tsx';
import { type Fact, FactList } from '../components/fact-list.tsx';
import { Name } from '../components/name.tsx';
import { formatDiskSize } from '../format/disk-size.ts';
import { formatRate } from '../format/rate.ts';
import type { DiskRow } from './disk-rows.ts';

/** All that is known of a disk: what its row has no room for, and on a phone what has left the row. */
export function AboutDisk({ row }: { readonly row: DiskRow }): JSX.Element {
  const { smart, verdict, rate, skewMs } = row;
  const facts: readonly Fact[] = [
    { label: 'Model', value: row.model && <Name text={row.model} /> },
    { label: 'Serial', value: row.serial && <Name text={row.serial} mono={true} /> },
    { label: 'Size', value: row.sizeBytes !== undefined && formatDiskSize(row.sizeBytes) },
    ...(rate === undefined ? [] : trafficOf(rate)),
    ...(smart === undefined ? [] : factsOf(smart, skewMs)),
  ];
  return (
    <>
      {verdict !== undefined && verdict.reasons.length > 0 ? (
        <ul class="reasons">
          {verdict.reasons.map((reason, index) => (
            <li key={index}>{reason}</li>
          ))}
        </ul>
      ) : null}
      <FactList facts={facts} />
    </>
  );
}

function trafficOf(rate: NonNullable<DiskRow['rate']>): readonly Fact[] {
  return [
    { label: 'Reads', value: formatRate(rate.readBytesPerSecond) },
    { label: 'Writes', value: formatRate(rate.writeBytesPerSecond) },
    { label: 'Busy', value: formatPercent(rate.busyPercent) },
  ];
}

function factsOf(disk: SmartDisk, skewMs: number): readonly Fact[] {
  const { wearPercent, sparePercent, spareThresholdPercent, lastSelfTest, powerOnHours } = disk;
  const count = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : formatCount(value);
  const bytes = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : formatDiskSize(value);
  return [
    { label: 'Firmware', value: disk.firmware && <Name text={disk.firmware} mono={true} /> },
    { label: 'WWN', value: disk.wwn && <Name text={disk.wwn} mono={true} /> },
    { label: 'Protocol', value: disk.protocol },
    { label: 'Kind', value: kindOf(disk) },
    {
      label: 'Asked as',
      value: <Name text={[disk.device, disk.deviceType].filter(Boolean).join(' ')} mono={true} />,
    },
    { label: 'Temperature', value: temperatureOf(disk) },
    {
      label: 'On for',
      value:
        powerOnHours !== undefined &&
        `${formatCount(powerOnHours)} h (${formatDuration(powerOnHours * 3_600_000)})`,
    },
    { label: 'Power cycles', value: count(disk.powerCycles) },
    { label: 'Unsafe shutdowns', value: count(disk.unsafeShutdowns) },
    {
      label: 'Wear',
      value: wearPercent !== undefined && `${formatPercent(wearPercent)} of its endurance used`,
    },
    {
      label: 'Spare',
      value:
        sparePercent !== undefined &&
        `${formatPercent(sparePercent)}${spareThresholdPercent === undefined ? '' : `, limit ${formatPercent(spareThresholdPercent)}`}`,
    },
    { label: 'Written', value: bytes(disk.writtenBytes) },
    { label: 'Read', value: bytes(disk.readBytes) },
    { label: 'Errors', value: countersOf(disk) },
    {
      label: 'Its error log',
      value: disk.errorLogEntries !== undefined && `${formatCount(disk.errorLogEntries)} entries`,
    },
    { label: 'Last self-test', value: lastSelfTest && selfTestOf(lastSelfTest, powerOnHours) },
    { label: 'Serves', value: disk.uses.length > 0 && <Uses uses={disk.uses} /> },
    {
      label: 'Read at',
      value: disk.readAtMs !== undefined && <Moment atMs={disk.readAtMs - skewMs} />,
    },
  ];
}

function kindOf({ rotationsPerMinute }: SmartDisk): string | undefined {
  if (rotationsPerMinute === undefined) return undefined;
  return rotationsPerMinute === 0 ? 'solid state' : `${formatCount(rotationsPerMinute)} rpm`;
}

function temperatureOf(disk: SmartDisk): string | undefined {
  if (disk.temperatureCelsius === undefined) return undefined;
  const limits = [
    [disk.temperatureWarningCelsius, 'warning at'],
    [disk.temperatureCriticalCelsius, 'critical at'],
  ].flatMap(([limit, words]) => (typeof limit === 'number' ? [`${words} ${Math.round(limit)} °C`] : []));
  return [`${Math.round(disk.temperatureCelsius)} °C`, ...limits].join(', ');
}

/** Zeros together: that there are none of them is one fact. */
function countersOf({ counters }: SmartDisk): string | undefined {
  const entries = Object.entries(counters);
  if (entries.length === 0) return undefined;
  const some = entries.filter(([, count]) => count > 0);
  return some.length === 0 ? 'none' : some.map(([name, count]) => counterText(name, count)).join(', ');
}

function selfTestOf(
  { type, statusText, atPowerOnHours }: NonNullable<SmartDisk['lastSelfTest']>,
  powerOnHours: number | undefined,
): string {
  const what = isolated([type, statusText].filter(Boolean).join(': '));
  if (atPowerOnHours === undefined) return what;
  const ago = powerOnHours === undefined ? -1 : powerOnHours - atPowerOnHours;
  return `${what}, ${ago >= 0 ? `${formatCount(ago)} h ago` : `at ${formatCount(atPowerOnHours)} h`}`;
}

const USE_WORDS: Readonly<Record<DiskUse['kind'], string>> = {
  zfs: 'pool',
  lvm: 'LVM',
  md: 'RAID',
  mount: 'mounted at',
  swap: 'swap',
  osd: 'OSD',
};

/** "pool rpool, mirror-0" */
export function Uses({ uses }: { readonly uses: readonly DiskUse[] }): JSX.Element {
  return (
    <>
      {uses.map(({ kind, name, part }, index) => (
        <span key={index}>
          {index === 0 ? '' : ', '}
          {USE_WORDS[kind]} {name === USE_WORDS[kind] ? null : <Name text={name} />}
          {part === undefined ? null : (
            <>
              {' '}
              <span class="faint">
                <Name text={part} />
              </span>
            </>
          )}
        </span>
      ))}
    </>
  );
}
