import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { type Fact, FactList } from '../components/fact-list.tsx';
import { formatBytes } from '../format/bytes.ts';
import { Freshness } from '../host/section.tsx';

/** The read cache of ZFS, with what it may grow to. */
export function ArcFacts({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  const arc = detail.documents.zfsArc?.body;
  if (arc === undefined) return null;
  const { l2SizeBytes, l2Hits, l2Misses } = arc;
  const { arcHitPercent } = detail.rates;
  const facts: readonly Fact[] = [
    { label: 'Size', value: formatBytes(arc.sizeBytes) },
    { label: 'Aims at', value: formatBytes(arc.targetBytes) },
    {
      label: 'Keeps between',
      value: `${formatBytes(arc.minimumBytes)} and ${formatBytes(arc.maximumBytes)}`,
    },
    { label: 'Hits now', value: arcHitPercent !== undefined && formatPercent(arcHitPercent) },
    { label: 'Hits since boot', value: shareOf(arc.hits, arc.misses) },
    { label: 'On cache disks', value: l2SizeBytes !== undefined && formatBytes(l2SizeBytes) },
    {
      label: 'Hits there',
      value: l2Hits !== undefined && l2Misses !== undefined && shareOf(l2Hits, l2Misses),
    },
  ];
  return (
    <div class="part" id="arc">
      <header>
        <h3>Read cache</h3>
        <p>ARC</p>
        <Freshness detail={detail} source="zfsArc" />
      </header>
      <div class="card pad-s">
        <FactList facts={facts} />
      </div>
    </div>
  );
}

function shareOf(hits: number, misses: number): string | undefined {
  return hits + misses === 0 ? undefined : formatPercent((hits / (hits + misses)) * 100);
}
