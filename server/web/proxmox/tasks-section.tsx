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

const RUNNING: readonly Column<Task>[] = [
  {
    title: 'Running task',
    className: 'mono',
    cell: ({ type, id }) => (id === undefined ? type : `${type} ${id}`),
  },
  {
    title: 'Since',
    className: 'num nw',
    cell: ({ startedAtMs, skewMs }) => <Moment atMs={startedAtMs - skewMs} />,
  },
  { title: 'By', className: 'p2 dim', cell: ({ user }) => user ?? <Absent /> },
];

/** More are a matter for Proxmox's own list. */
const SHOWN = 12;

/** Only where something runs or failed: that nothing did is no news. */
export function TasksSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  const { failed = [], running = [] } = detail.documents.pveTasks?.body ?? {};
  if (!isHere(detail, 'pveTasks') || failed.length + running.length === 0) return null;
  const skewMs = detail.clockSkewMs ?? 0;
  const words = [
    failed.length === 0 ? '' : `${failed.length} failed in the last day`,
    running.length === 0 ? '' : `${running.length} running`,
  ];
  return (
    <Section
      id="tasks"
      title="Tasks"
      what="task"
      count={failed.length + running.length}
      summary={words.filter((word) => word !== '').join(', ')}
      detail={detail}
      source="pveTasks"
    >
      <div class="stack">
        <Tasks label="Failed tasks" columns={COLUMNS} tasks={failed} skewMs={skewMs} />
        <Tasks label="Running tasks" columns={RUNNING} tasks={running} skewMs={skewMs} />
      </div>
    </Section>
  );
}

interface TasksProps {
  readonly label: string;
  readonly columns: readonly Column<Task>[];
  readonly tasks: PveTasksDocument['failed'];
  readonly skewMs: number;
}

function Tasks({ label, columns, tasks, skewMs }: TasksProps): JSX.Element | null {
  if (tasks.length === 0) return null;
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={tasks.map((task) => ({ ...task, skewMs }))}
      keyOf={({ type, id, startedAtMs }) => `${type} ${id ?? ''} ${startedAtMs}`}
      first={SHOWN}
    />
  );
}
