import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { Absent } from '../components/absent.tsx';
import { Age, Moment } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Name } from '../components/name.tsx';
import { formatBytes } from '../format/bytes.ts';
import { type GuestBackupRow, guestBackupRows } from './guest-backup-rows.ts';

const COLUMNS: readonly Column<GuestBackupRow>[] = [
  {
    title: 'Backups of',
    cell: ({ vmid, guestName }) => (
      <>
        <span class="mono faint">{vmid}</span> {guestName === undefined ? null : <Name text={guestName} />}
      </>
    ),
  },
  {
    title: 'Last',
    cell: ({ severity, text, backup }) => (
      <>
        <Chip severity={severity} text={text} />
        {text === 'failed' && backup?.lastFailedReason !== undefined ? (
          <small>{backup.lastFailedReason}</small>
        ) : null}
      </>
    ),
  },
  {
    title: 'Last good',
    className: 'num nw',
    cell: ({ backup, skewMs }) =>
      backup?.lastGoodAtMs === undefined ? (
        <Absent why="none known" />
      ) : (
        <>
          <Age atMs={backup.lastGoodAtMs - skewMs} /> ago
        </>
      ),
  },
  {
    title: 'Size',
    className: 'num nw no-phone',
    cell: ({ backup }) =>
      backup?.lastGoodSizeBytes === undefined ? <Absent /> : formatBytes(backup.lastGoodSizeBytes),
  },
  {
    title: 'Took',
    className: 'num nw p2',
    cell: ({ backup }) =>
      backup?.lastGoodDurationSeconds === undefined ? (
        <Absent />
      ) : (
        formatDuration(backup.lastGoodDurationSeconds * 1_000)
      ),
  },
  {
    title: 'Last failed',
    className: 'num nw p2',
    cell: ({ backup, skewMs }) =>
      backup?.lastFailedAtMs === undefined ? (
        <Absent why="none known" />
      ) : (
        <Moment atMs={backup.lastFailedAtMs - skewMs} />
      ),
  },
  {
    title: 'Job',
    className: 'p3 dim',
    cell: ({ jobs }) =>
      jobs.length === 0 ? (
        <Absent why="in no job" />
      ) : (
        jobs.map(({ comment, id }) => comment ?? id).join(', ')
      ),
  },
  {
    title: 'Next',
    className: 'num nw p3',
    cell: ({ jobs: [next], skewMs }) =>
      next?.nextRunAtMs === undefined ? <Absent /> : <Moment atMs={next.nextRunAtMs - skewMs} />,
  },
];

const SHOWN = 12;

/** The last backup of each guest. Nothing where the agent cannot know of them. */
export function GuestBackupsTable({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (detail.documents.pveGuestBackups === undefined) return null;
  const rows = guestBackupRows(detail);
  if (rows.length === 0) return null;
  return (
    <DataTable
      label="Backups of guests"
      columns={COLUMNS}
      rows={rows}
      keyOf={({ vmid }) => String(vmid)}
      first={SHOWN}
    />
  );
}
