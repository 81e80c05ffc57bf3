import type { UpkeepDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { Absent } from '../components/absent.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { StateLine } from '../components/fact-list.tsx';
import { Name } from '../components/name.tsx';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';
import { upkeepLines, upkeepSummary } from './upkeep-lines.ts';

type Update = NonNullable<UpkeepDocument['updates']>['packages'][number];
type Package = UpkeepDocument['packages'][number];

const UPDATES: readonly Column<Update>[] = [
  {
    title: 'Update',
    cell: ({ name, isSecurity }) => (
      <>
        <Name text={name} mono={true} />
        {isSecurity ? <span class="tag">security</span> : null}
      </>
    ),
  },
  {
    title: 'Installed',
    className: 'no-phone',
    cell: ({ installedVersion: version }) =>
      version === undefined ? <Absent why="new" /> : <Name text={version} mono={true} />,
  },
  { title: 'Waiting', cell: ({ version }) => <Name text={version} mono={true} /> },
];

const PACKAGES: readonly Column<Package>[] = [
  { title: 'Package', cell: ({ name }) => <Name text={name} mono={true} /> },
  { title: 'Version', cell: ({ version }) => <Name text={version} mono={true} /> },
];

const SHOWN = 50;

/** What the host needs from its administrator. */
export function UpkeepSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'upkeep')) return null;
  const upkeep = detail.documents.upkeep?.body;
  return (
    <Section
      id="upkeep"
      title="Upkeep"
      what="news of updates"
      count={upkeep === undefined ? 0 : 1}
      summary={upkeep && upkeepSummary(upkeep)}
      detail={detail}
      source="upkeep"
    >
      {upkeep === undefined ? null : (
        <Upkeep upkeep={upkeep} skewMs={detail.clockSkewMs ?? 0} nowMs={detail.serverTimeMs} />
      )}
    </Section>
  );
}

interface UpkeepProps {
  readonly upkeep: UpkeepDocument;
  readonly skewMs: number;
  readonly nowMs: number;
}

function Upkeep({ upkeep, skewMs, nowMs }: UpkeepProps): JSX.Element {
  const updates = upkeep.updates?.packages ?? [];
  const unlisted = (upkeep.updates?.count ?? 0) - updates.length;
  return (
    <div class="stack">
      <ul class="card list sources">
        {upkeepLines(upkeep, skewMs, nowMs).map((line) => (
          <StateLine key={line.label} {...line} />
        ))}
      </ul>
      {updates.length === 0 ? null : (
        <details>
          <summary>Which updates wait{unlisted > 0 ? `, the first ${updates.length} of them` : ''}</summary>
          <DataTable
            label="Updates"
            columns={UPDATES}
            rows={updates}
            keyOf={({ name, version }) => `${name} ${version}`}
            first={SHOWN}
          />
        </details>
      )}
      {upkeep.packages.length === 0 ? null : (
        <details>
          <summary>Versions of its packages</summary>
          <DataTable
            label="Packages"
            columns={PACKAGES}
            rows={upkeep.packages}
            keyOf={({ name, version }) => `${name} ${version}`}
          />
        </details>
      )}
    </div>
  );
}
