import type { CephDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { cephSeverity } from '../../src/fleet/findings/ceph-severity.ts';
import { formatCount } from '../../src/words/number.ts';
import { Chip } from '../components/chip.tsx';
import { type Fact, FactList } from '../components/fact-list.tsx';
import { Glyph } from '../components/glyph.tsx';
import { Meter } from '../components/meter.tsx';
import { compareSeverity } from '../fleet/severity.ts';
import { formatBytesOf } from '../format/bytes.ts';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

export function CephSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'ceph')) return null;
  const ceph = detail.documents.ceph?.body;
  return (
    <Section
      id="ceph"
      title="Ceph"
      what="Ceph cluster"
      count={ceph === undefined ? 0 : 1}
      summary={ceph && <Chip severity={cephSeverity(ceph.health)} text={ceph.health} />}
      detail={detail}
      source="ceph"
    >
      {ceph === undefined ? null : <Ceph ceph={ceph} />}
    </Section>
  );
}

function Ceph({ ceph }: { readonly ceph: CephDocument }): JSX.Element {
  const checks = ceph.checks
    .map((check) => ({ ...check, shown: check.isMuted ? ('silent' as const) : cephSeverity(check.severity) }))
    .toSorted((first, second) => compareSeverity(rank(first.shown), rank(second.shown)));
  return (
    <div class="card">
      {checks.length === 0 ? null : (
        <ul class="list">
          {checks.map(({ id, summary, isMuted, shown }) => (
            <li key={id}>
              <Glyph severity={shown} {...(isMuted && { word: 'Muted' })} />
              <span>{summary}</span>
              <span class="push mono faint">{isMuted ? `${id}, muted` : id}</span>
            </li>
          ))}
        </ul>
      )}
      <div class="pad-s">
        <FactList facts={factsOf(ceph)} />
      </div>
    </div>
  );
}

/** What was muted asks for nothing. */
function rank(severity: Severity): Severity {
  return severity === 'silent' ? 'ok' : severity;
}

function factsOf({ monitors, osds, placementGroups, usedBytes, totalBytes }: CephDocument): readonly Fact[] {
  const lacking = (part: number, whole: number): Severity => (part < whole ? 'warn' : 'ok');
  return [
    {
      label: 'Monitors in quorum',
      value: `${monitors.inQuorum} of ${monitors.total}`,
      severity: lacking(monitors.inQuorum, monitors.total),
    },
    { label: 'OSDs up', value: `${osds.up} of ${osds.total}`, severity: lacking(osds.up, osds.total) },
    { label: 'OSDs in', value: `${osds.in} of ${osds.total}`, severity: lacking(osds.in, osds.total) },
    {
      label: 'Placement groups',
      value: [
        formatCount(placementGroups.total),
        ...placementGroups.states.map(({ state, count }) => `${formatCount(count)} ${state}`),
      ].join(', '),
    },
    {
      label: 'Used',
      value: usedBytes !== undefined && totalBytes !== undefined && totalBytes > 0 && (
        <span class="meter-fact">
          <Meter
            percent={(usedBytes / totalBytes) * 100}
            label={`${formatBytesOf(usedBytes, totalBytes)} used`}
          />
          {formatBytesOf(usedBytes, totalBytes)}
        </span>
      ),
    },
  ];
}
