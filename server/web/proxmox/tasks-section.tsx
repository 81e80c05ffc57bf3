import type { PveTasksDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { Absent } from '../components/absent.tsx';
import { Moment } from '../components/ago.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

type Task = PveTasksDocument['failed'][number] & { readonly skewMs: number };

const COLUMNS: readonly Column<Task>[] = [
  {
    title: 'Failed task',
    className: 'mono',
    cell: ({ type, id }) => (id === undefined ? type : `${type} ${id}`),
  },
  {
    title: 'Ended',
    className: 'num nw',
    cell: ({ endedAtMs, skewMs }) =>
      endedAtMs === undefined ? <Absent /> : <Moment atMs={endedAtMs - skewMs} />,
  },
  { title: 'Said', cell: ({ statusText }) => statusText ?? <Absent /> },
  { title: 'By', className: 'p2 dim', cell: ({ user }) => user ?? <Absent /> },
];

/** Only where something failed: that nothing did is no news. */
export function TasksSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  const failed = detail.documents.pveTasks?.body.failed ?? [];
  if (!isHere(detail, 'pveTasks') || failed.length === 0) return null;
  const skewMs = detail.clockSkewMs ?? 0;
  return (
    <Section
      id="tasks"
      title="Tasks"
      what="failed task"
      count={failed.length}
      summary={`${failed.length} failed in the last day`}
      detail={detail}
      source="pveTasks"
    >
      <DataTable
        label="Failed tasks"
        columns={COLUMNS}
        rows={failed.map((task) => ({ ...task, skewMs }))}
        keyOf={({ type, id, startedAtMs }) => `${type} ${id ?? ''} ${startedAtMs}`}
      />
    </Section>
  );
}
