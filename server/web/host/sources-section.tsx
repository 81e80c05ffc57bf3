import type { Source } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { sourceLabel } from '../../src/words/source-label.ts';
import { Absent } from '../components/absent.tsx';
import { Age, Moment } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { compareSeverity } from '../fleet/severity.ts';
import { sourceView } from './source-view.ts';

interface SourceRow {
  readonly name: string;
  readonly source: Source;
  readonly skewMs: number;
  readonly severity: Severity;
  readonly state: string;
  /** Since when and why it is not well. */
  readonly why: string | undefined;
}

const COLUMNS: readonly Column<SourceRow>[] = [
  { title: 'Source', cell: ({ name }) => <span title={name}>{sourceLabel(name)}</span> },
  {
    title: 'State',
    cell: ({ severity, state, why }) => (
      <>
        <Chip severity={severity} text={state} />
        {why === undefined ? null : <small>{why}</small>}
      </>
    ),
  },
  {
    title: 'Since',
    className: 'num nw p2',
    cell: ({ source, skewMs }) => <Moment atMs={source.sinceMs - skewMs} />,
  },
  {
    title: 'Last success',
    className: 'num nw',
    cell: ({ source: { succeededAtMs }, skewMs }) =>
      succeededAtMs === undefined ? (
        <Absent why="never" />
      ) : (
        <>
          <Age atMs={succeededAtMs - skewMs} /> ago
        </>
      ),
  },
  { title: 'Took', className: 'num nw no-phone', cell: ({ source }) => formatDuration(source.durationMs) },
];

/** Each of the agent's collectors: its state, how long it has been in it, when it last succeeded and what it cost. */
export function SourcesSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const skewMs = detail.clockSkewMs ?? 0;
  const isSilent = detail.summary.state === 'silent';
  const rows = detail.sources
    .map(({ name, source }): SourceRow => {
      const { severity, text } = sourceView(source, skewMs, detail.serverTimeMs);
      // nobody knows whether a silent host's sources are still well
      const state = isSilent ? `${source.state}, last known` : source.state;
      const why = source.state === 'ok' ? undefined : text;
      return { name, source, skewMs, state, why, severity: isSilent ? 'silent' : severity };
    })
    .toSorted((first, second) => compareSeverity(first.severity, second.severity));
  const here = rows.filter(({ source }) => source.state !== 'absent');
  const missing = rows.filter(({ source }) => source.state === 'absent');
  const troubled = here.filter(({ source }) => source.state !== 'ok').length;
  return (
    <section class="sec" id="sources">
      <header>
        <h2>Sources</h2>
        <p>
          What this host reports: {counted(here.length, 'source')}
          {troubled === 0 ? '' : `, ${troubled} not well`}
        </p>
      </header>
      <DataTable label="Sources" columns={COLUMNS} rows={here} keyOf={({ name }) => name} />
      {missing.length === 0 ? null : (
        <details class="beside">
          <summary>{missing.length} not on this host</summary>
          <ul class="card list sources">
            {missing.map(({ name, source }) => (
              <li key={name}>
                <span>{sourceLabel(name)}</span>
                <span class="push dim">{source.reason ?? 'not on this host'}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
