import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { counted, formatCount } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Absent } from '../components/absent.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Meter } from '../components/meter.tsx';
import { Name } from '../components/name.tsx';
import { formatDiskSize } from '../format/disk-size.ts';
import { isHere } from '../host/is-here.ts';
import { RateText } from '../host/rate-text.tsx';
import { Section } from '../host/section.tsx';
import { AboutDisk, Uses } from './about-disk.tsx';
import { type DiskRow, diskRows } from './disk-rows.ts';

/** A row is for what is seen at a glance: the rest of a disk's faults are behind its button. */
const REASONS_SHOWN = 2;

const NAME: Column<DiskRow> = { title: 'Disk', cell: ({ name }) => <Name text={name} mono={true} /> };

const IDENTITY: readonly Column<DiskRow>[] = [
  {
    title: 'Model and serial',
    className: 'p2',
    cell: ({ model, serial }) => (
      <>
        {model === undefined ? <Absent /> : <Name text={model} />}
        {serial === undefined ? null : (
          <small>
            <Name text={serial} mono={true} />
          </small>
        )}
      </>
    ),
  },
  {
    title: 'Size',
    className: 'num nw p3',
    cell: ({ sizeBytes }) => (sizeBytes === undefined ? <Absent /> : formatDiskSize(sizeBytes)),
  },
];

const HEALTH: readonly Column<DiskRow>[] = [
  {
    title: 'Health',
    cell: ({ verdict }) =>
      verdict === undefined ? (
        <Absent />
      ) : (
        <>
          <Chip severity={verdict.severity} text={verdict.text} />
          {verdict.reasons.slice(0, REASONS_SHOWN).map((reason, index) => (
            <small key={index}>{reason}</small>
          ))}
          {verdict.reasons.length > REASONS_SHOWN ? (
            <small>and {verdict.reasons.length - REASONS_SHOWN} more</small>
          ) : null}
          {verdict.standing.length === 0 ? null : <small>{verdict.standing.join(', ')}, not growing</small>}
        </>
      ),
  },
  {
    title: 'Temp.',
    className: 'num nw',
    cell: ({ smart }) =>
      smart?.temperatureCelsius === undefined ? <Absent /> : `${Math.round(smart.temperatureCelsius)} °C`,
  },
  {
    title: 'Wear',
    className: 'num nw no-phone',
    cell: ({ smart }) => (smart?.wearPercent === undefined ? <Absent /> : formatPercent(smart.wearPercent)),
  },
  {
    title: 'Hours on',
    className: 'num nw p4',
    cell: ({ smart }) => (smart?.powerOnHours === undefined ? <Absent /> : formatCount(smart.powerOnHours)),
  },
  {
    title: 'Serves',
    className: 'p2',
    cell: ({ smart }) =>
      smart === undefined || smart.uses.length === 0 ? (
        <Absent why="nothing known" />
      ) : (
        <Uses uses={smart.uses} />
      ),
  },
];

const TRAFFIC: readonly Column<DiskRow>[] = [
  {
    title: 'Read MB/s',
    className: 'num no-phone',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.readBytesPerSecond} />,
  },
  {
    title: 'Write MB/s',
    className: 'num no-phone',
    cell: ({ rate }) => <RateText bytesPerSecond={rate?.writeBytesPerSecond} />,
  },
  {
    title: 'Busy',
    className: 'w-busy no-phone',
    cell: ({ rate }) =>
      rate === undefined ? (
        <Absent />
      ) : (
        <Meter percent={rate.busyPercent} label={`busy ${formatPercent(rate.busyPercent)}`} />
      ),
  },
];

const SHOWN = 24;

export function DisksSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const rows = diskRows(detail, detail.serverTimeMs);
  const hasHealth = isHere(detail, 'smart');
  const columns = [NAME, ...IDENTITY, ...(hasHealth ? HEALTH : []), ...TRAFFIC];
  return (
    <Section
      id="disks"
      title="Disks"
      what="disk"
      count={rows.length}
      summary={<Summary rows={rows} />}
      detail={detail}
      source="diskIo"
      also={['smart']}
    >
      <DataTable
        label="Disks"
        columns={columns}
        rows={rows}
        keyOf={({ name }) => name}
        first={SHOWN}
        more={(row) => <AboutDisk row={row} />}
      />
    </Section>
  );
}

function Summary({ rows }: { readonly rows: readonly DiskRow[] }): JSX.Element {
  const of = (severity: string): number =>
    rows.filter(({ verdict }) => verdict?.severity === severity).length;
  const [failing, warned] = [of('crit'), of('warn')];
  return (
    <>
      {counted(rows.length, 'disk')}
      {failing === 0 ? null : (
        <span data-s="crit">
          , <span class="hot">{failing} critical</span>
        </span>
      )}
      {warned === 0 ? null : (
        <span data-s="warn">
          , <span class="hot">{warned} to look at</span>
        </span>
      )}
    </>
  );
}
