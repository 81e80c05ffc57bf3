import type { PveBackupsDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Moment } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Name } from '../components/name.tsx';
import { Note } from '../components/note.tsx';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';
import { GuestBackupsTable } from './guest-backups-table.tsx';

type Job = PveBackupsDocument['jobs'][number] & { readonly skewMs: number };
type Run = PveBackupsDocument['runs'][number] & { readonly skewMs: number };

const JOBS: readonly Column<Job>[] = [
  {
    title: 'Job',
    cell: ({ id, comment, isEnabled }) => (
      <>
        {comment ?? <span class="mono">{id}</span>}
        {isEnabled ? null : <span class="tag">off</span>}
      </>
    ),
  },
  { title: 'Guests', cell: (job) => selectionOf(job) },
  { title: 'When', className: 'mono', cell: ({ schedule }) => schedule ?? <Absent /> },
  {
    title: 'Next',
    className: 'num nw no-phone',
    cell: ({ nextRunAtMs, skewMs }) =>
      nextRunAtMs === undefined ? <Absent /> : <Moment atMs={nextRunAtMs - skewMs} />,
  },
  { title: 'To', className: 'p2 mono dim', cell: ({ storage }) => storage ?? <Absent /> },
  {
    title: 'How',
    className: 'p3 dim',
    cell: ({ mode, node }) =>
      [mode, node === undefined ? '' : `only on ${node}`].filter(Boolean).join(', ') || <Absent />,
  },
];

const RUNS: readonly Column<Run>[] = [
  {
    title: 'Backup run',
    className: 'nw',
    cell: ({ startedAtMs, skewMs }) => <Moment atMs={startedAtMs - skewMs} />,
  },
  { title: 'Result', cell: (run) => <Chip severity={severityOf(run)} text={wordOf(run)} /> },
  { title: 'Guest', className: 'num no-phone', cell: ({ vmid }) => vmid ?? 'several' },
  {
    title: 'Took',
    className: 'num nw',
    cell: ({ startedAtMs, endedAtMs }) =>
      endedAtMs === undefined ? <Absent why="runs" /> : formatDuration(endedAtMs - startedAtMs),
  },
  { title: 'Said', className: 'p2 dim', cell: ({ statusText }) => statusText ?? <Absent /> },
];

function selectionOf({ selection, pool, guests = [] }: Job): string {
  if (selection === 'pool') return `pool ${pool ?? ''}`;
  if (selection === 'guests') return guests.join(', ');
  return guests.length === 0 ? 'all' : `all but ${guests.join(', ')}`;
}

function severityOf({ result, endedAtMs }: Run): Severity {
  if (endedAtMs === undefined) return 'info';
  return result === 'failed' ? 'crit' : result === 'unknown' ? 'warn' : 'ok';
}

function wordOf({ result, endedAtMs }: Run): string {
  if (endedAtMs === undefined) return 'runs';
  return result === 'warnings' ? 'ok, warnings' : (result ?? 'unknown');
}

/** More are a matter for Proxmox's own list. */
const SHOWN_RUNS = 8;
const SHOWN_GUESTS = 12;

export function BackupsSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!(isHere(detail, 'pveBackups') || isHere(detail, 'pveGuestBackups'))) return null;
  const { jobs = [], runs = [], uncoveredGuests = [] } = detail.documents.pveBackups?.body ?? {};
  const names = new Map(detail.documents.pveGuests?.body.guests.map(({ vmid, name }) => [vmid, name]));
  const backups = detail.documents.pveGuestBackups?.body.guests ?? [];
  const skewMs = detail.clockSkewMs ?? 0;
  return (
    <Section
      id="backups"
      title="Backups"
      what="backup job"
      count={jobs.length + runs.length + uncoveredGuests.length + backups.length}
      summary={counted(jobs.length, 'job')}
      detail={detail}
      source="pveBackups"
      also={['pveGuestBackups']}
    >
      <div class="stack">
        {uncoveredGuests.length === 0 ? null : (
          <Note severity="warn">
            {counted(uncoveredGuests.length, 'guest is', 'guests are')} in no backup job:{' '}
            {uncoveredGuests.slice(0, SHOWN_GUESTS).map((vmid, index) => (
              <span key={vmid}>
                {index === 0 ? '' : ', '}
                {vmid} <Name text={names.get(vmid) ?? ''} />
              </span>
            ))}
            {uncoveredGuests.length > SHOWN_GUESTS
              ? `, and ${uncoveredGuests.length - SHOWN_GUESTS} more`
              : ''}
          </Note>
        )}
        <GuestBackupsTable detail={detail} />
        {jobs.length === 0 ? null : (
          <DataTable
            label="Backup jobs"
            columns={JOBS}
            rows={jobs.map((job) => ({ ...job, skewMs }))}
            keyOf={({ id }) => id}
          />
        )}
        {runs.length === 0 ? null : (
          <DataTable
            label="Backup runs"
            columns={RUNS}
            rows={runs.slice(0, SHOWN_RUNS).map((run) => ({ ...run, skewMs }))}
            keyOf={({ startedAtMs, vmid }) => `${startedAtMs} ${vmid ?? ''}`}
          />
        )}
      </div>
    </Section>
  );
}
