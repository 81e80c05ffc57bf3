import type { PveReplicationDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { replicationSeverity } from '../../src/fleet/findings/replication-severity.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Moment } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

type Job = PveReplicationDocument['jobs'][number] & { readonly skewMs: number };

const COLUMNS: readonly Column<Job>[] = [
  { title: 'Guest', cell: ({ vmid }) => vmid },
  { title: 'To', className: 'mono', cell: ({ target }) => target },
  { title: 'State', cell: (job) => <StateChip {...job} /> },
  {
    title: 'Last sync',
    className: 'num nw',
    cell: ({ lastSyncAtMs, skewMs }) =>
      lastSyncAtMs === undefined ? <Absent why="never" /> : <Moment atMs={lastSyncAtMs - skewMs} />,
  },
  {
    title: 'Next',
    className: 'num nw no-phone',
    cell: ({ nextSyncAtMs, skewMs }) =>
      nextSyncAtMs === undefined ? <Absent /> : <Moment atMs={nextSyncAtMs - skewMs} />,
  },
  { title: 'When', className: 'p2 mono dim', cell: ({ schedule }) => schedule ?? <Absent /> },
  {
    title: 'Took',
    className: 'num nw p3',
    cell: ({ durationSeconds: seconds }) =>
      seconds === undefined ? <Absent /> : formatDuration(seconds * 1_000),
  },
];

function StateChip(job: Job): JSX.Element {
  const { isEnabled, failCount, error } = job;
  if (!isEnabled) return <Chip severity="silent" text="off" />;
  if (failCount === 0) return <Chip severity="ok" text="ok" />;
  return (
    <>
      <Chip severity={replicationSeverity(job)} text={`failed ${counted(failCount, 'time')}`} />
      {error === undefined ? null : <small>{error}</small>}
    </>
  );
}

export function ReplicationSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'pveReplication')) return null;
  const jobs = detail.documents.pveReplication?.body.jobs ?? [];
  const skewMs = detail.clockSkewMs ?? 0;
  return (
    <Section
      id="replication"
      title="Replication"
      what="replication job"
      count={jobs.length}
      summary={counted(jobs.length, 'job')}
      detail={detail}
      source="pveReplication"
    >
      <DataTable
        label="Replication"
        columns={COLUMNS}
        rows={jobs.map((job) => ({ ...job, skewMs }))}
        keyOf={({ id }) => id}
      />
    </Section>
  );
}
