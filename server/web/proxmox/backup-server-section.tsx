import type { PbsDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Name } from '../components/name.tsx';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

type Datastore = PbsDocument['datastores'][number];

const COLUMNS: readonly Column<Datastore>[] = [
  {
    title: 'Datastore',
    cell: ({ name, comment }) => (
      <>
        <Name text={name} />
        {comment === undefined ? null : (
          <small>
            <Name text={comment} />
          </small>
        )}
      </>
    ),
  },
  {
    title: 'State',
    cell: ({ maintenanceMode }) => {
      if (maintenanceMode === undefined) return <Chip severity="ok" text="in use" />;
      const [mode = '', ...message] = maintenanceMode.split(',');
      return (
        <>
          <Chip severity="info" text={mode} />
          {message.length === 0 ? null : (
            <small>
              <Name text={message.join(',').replace(/^message=/, '')} />
            </small>
          )}
        </>
      );
    },
  },
  {
    title: <abbr title="Garbage collection">GC</abbr>,
    className: 'mono',
    cell: ({ garbageCollectionSchedule: when }) => when ?? <Absent why="not scheduled" />,
  },
  { title: 'Path', className: 'p2 mono dim', cell: ({ path }) => path },
];

export function BackupServerSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'pbs')) return null;
  const { version, datastores = [] } = detail.documents.pbs?.body ?? {};
  return (
    <Section
      id="pbs"
      title="Backup server"
      what="datastore"
      count={datastores.length}
      summary={`${version === undefined ? '' : `version ${version}, `}${counted(datastores.length, 'datastore')}`}
      detail={detail}
      source="pbs"
    >
      <DataTable label="Datastores" columns={COLUMNS} rows={datastores} keyOf={({ name }) => name} />
    </Section>
  );
}
