import type { MdRaidDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { arrayState, type MdArray } from '../../src/fleet/findings/array-state.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { formatFinePercent } from '../../src/words/percent.ts';
import { Absent } from '../components/absent.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Name } from '../components/name.tsx';
import { compareNames, compareSeverity } from '../fleet/severity.ts';
import { formatBytes } from '../format/bytes.ts';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

const COLUMNS: readonly Column<MdArray>[] = [
  {
    title: 'Array',
    cell: ({ name, level }) => (
      <>
        <Name text={name} mono={true} />
        {level === undefined ? null : <span class="tag">{level}</span>}
      </>
    ),
  },
  {
    title: 'State',
    cell: (array) => {
      const { severity, text, sentence } = arrayState(array);
      return (
        <>
          <Chip severity={severity} text={text} />
          {sentence === undefined ? null : <small>{sentence}</small>}
        </>
      );
    },
  },
  {
    title: 'Work',
    cell: ({ activity }) => (activity === undefined ? <Absent why="none" /> : activityText(activity)),
  },
  {
    title: 'Disks',
    className: 'no-phone',
    cell: ({ devices }) =>
      devices.map(({ name, role }, index) => (
        <span key={name}>
          {index === 0 ? '' : ', '}
          <Name text={name} mono={true} />
          {role === 'active' ? null : <span class="faint"> {role}</span>}
        </span>
      )),
  },
  {
    title: 'Size',
    className: 'num nw p2',
    cell: ({ sizeBytes }) => (sizeBytes === undefined ? <Absent /> : formatBytes(sizeBytes)),
  },
];

/** "recovery, 34 %, 12 min left" */
function activityText({ kind, donePercent, secondsLeft }: NonNullable<MdArray['activity']>): string {
  return [
    kind,
    donePercent === undefined ? '' : formatFinePercent(donePercent),
    secondsLeft === undefined ? '' : `${formatDuration(secondsLeft * 1_000)} left`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

export function RaidSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'mdRaid')) return null;
  const arrays: MdRaidDocument['arrays'] = detail.documents.mdRaid?.body.arrays ?? [];
  return (
    <Section
      id="raid"
      title="Software RAID"
      what="array"
      count={arrays.length}
      summary={counted(arrays.length, 'array')}
      detail={detail}
      source="mdRaid"
    >
      <DataTable
        label="Software RAID"
        columns={COLUMNS}
        rows={arrays.toSorted(
          (first, second) =>
            compareSeverity(arrayState(first).severity, arrayState(second).severity) ||
            compareNames(first.name, second.name),
        )}
        keyOf={({ name }) => name}
      />
    </Section>
  );
}
