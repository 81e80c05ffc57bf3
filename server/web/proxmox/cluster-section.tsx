import type { PveNodeDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { Absent } from '../components/absent.tsx';
import { Age } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { type Fact, FactList } from '../components/fact-list.tsx';
import { Name } from '../components/name.tsx';
import { Note } from '../components/note.tsx';
import { compareNames, compareSeverity } from '../fleet/severity.ts';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

type Cluster = NonNullable<PveNodeDocument['cluster']>;
type HighAvailability = NonNullable<PveNodeDocument['ha']>;

interface MemberRow {
  readonly member: Cluster['members'][number];
  readonly haState: string | undefined;
  readonly isThis: boolean;
  readonly severity: Severity;
}

const COLUMNS: readonly Column<MemberRow>[] = [
  {
    title: 'Node',
    cell: ({ member: { name }, isThis }) => (
      <>
        <Name text={name} />
        {isThis ? <span class="tag">this one</span> : null}
      </>
    ),
  },
  {
    title: 'State',
    cell: ({ member: { online } }) => (
      <Chip severity={online ? 'ok' : 'warn'} text={online ? 'online' : 'offline'} />
    ),
  },
  {
    title: 'HA',
    cell: ({ haState }) =>
      haState === undefined ? <Absent why="none" /> : <Chip severity={haSeverity(haState)} text={haState} />,
  },
  {
    title: 'Address',
    className: 'no-phone mono dim',
    cell: ({ member: { address } }) => address ?? <Absent />,
  },
];

/** States of a node as the HA manager sees it. */
function haSeverity(state: string): Severity {
  if (state === 'online') return 'ok';
  if (state === 'maintenance') return 'info';
  return state === 'fence' ? 'crit' : 'warn';
}

/** The node's cluster, its quorum and HA. Nothing for a node that stands alone, without HA. */
export function ClusterSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  const { cluster, ha, nodeName } = detail.documents.pveNode?.body ?? {};
  if (!isHere(detail, 'pveNode') || (cluster === undefined && ha === undefined)) return null;
  const rows = cluster === undefined ? [] : memberRows(cluster, ha, nodeName);
  const online = rows.filter(({ member }) => member.online).length;
  return (
    <Section
      id="cluster"
      title="Cluster"
      what="cluster"
      count={1}
      summary={
        cluster === undefined ? (
          'HA without a cluster'
        ) : (
          <>
            <Name text={cluster.name} />, {online} of {rows.length} nodes online,{' '}
            {cluster.quorate ? (
              'quorate'
            ) : (
              <span data-s="crit">
                <span class="hot">no quorum</span>
              </span>
            )}
          </>
        )
      }
      detail={detail}
      source="pveNode"
    >
      <div class="stack">
        {cluster?.quorate === false ? (
          <Note severity="crit">
            <b>No quorum.</b> /etc/pve is read-only: nothing can be started, moved or changed, and no backup
            job runs, until more nodes are back.
          </Note>
        ) : null}
        {rows.length === 0 ? null : (
          <DataTable label="Nodes" columns={COLUMNS} rows={rows} keyOf={({ member }) => member.name} />
        )}
        {ha === undefined ? null : (
          <div class="card pad-s">
            <FactList facts={haFacts(ha, detail.clockSkewMs ?? 0)} />
          </div>
        )}
      </div>
    </Section>
  );
}

function memberRows(
  { members }: Cluster,
  ha: HighAvailability | undefined,
  nodeName: string | undefined,
): MemberRow[] {
  const states = new Map(ha?.nodes.map(({ name, state }) => [name, state]));
  return members
    .map((member): MemberRow => {
      const haState = states.get(member.name);
      const own = haState === undefined ? 'ok' : haSeverity(haState);
      const severity = member.online || own === 'crit' ? own : 'warn';
      return { member, haState, isThis: member.name === nodeName, severity };
    })
    .toSorted(
      (first, second) =>
        compareSeverity(first.severity, second.severity) ||
        compareNames(first.member.name, second.member.name),
    );
}

function haFacts(ha: HighAvailability, skewMs: number): readonly Fact[] {
  const { managerNode, managerSeenAtMs, localState, localMode, localSeenAtMs } = ha;
  const ago = (atMs: number | undefined): JSX.Element | null =>
    atMs === undefined ? null : (
      <>
        , <Age atMs={atMs - skewMs} /> ago
      </>
    );
  return [
    {
      label: 'HA manager',
      value: managerNode !== undefined && (
        <>
          <Name text={managerNode} />
          {ago(managerSeenAtMs)}
        </>
      ),
    },
    {
      label: 'This node',
      value: localState !== undefined && (
        <>
          {[localState, localMode].filter(Boolean).join(', ')}
          {ago(localSeenAtMs)}
        </>
      ),
    },
  ];
}
