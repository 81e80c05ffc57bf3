import type { ZfsPool } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import { compareNames, compareSeverity } from '../fleet/severity.ts';
import { Section } from '../host/section.tsx';
import { ArcFacts } from './arc-facts.tsx';
import { DatasetsTable } from './datasets-table.tsx';
import { PoolCard } from './pool-card.tsx';

export function ZfsSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const pools = detail.documents.zfsPools?.body.pools ?? [];
  const damaged = new Map(detail.documents.zfsDamagedFiles?.body.pools.map((pool) => [pool.name, pool]));
  const severities = new Map(detail.summary.pools?.unwell.map(({ name, severity }) => [name, severity]));
  const severityOf = ({ name }: ZfsPool): Severity => severities.get(name) ?? 'ok';
  const unwell = pools.filter((pool) => severityOf(pool) !== 'ok').length;
  const summary = (
    <>
      {counted(pools.length, 'pool')}
      {unwell > 0 ? (
        <span data-s="crit">
          , <span class="hot">{unwell} not well</span>
        </span>
      ) : null}
    </>
  );
  return (
    <Section
      id="zfs"
      title="ZFS"
      what="ZFS pool"
      count={pools.length}
      summary={summary}
      detail={detail}
      source="zfsPools"
      also={['zfsDamagedFiles']}
    >
      {pools.toSorted(worstFirst(severityOf)).map((pool) => (
        <PoolCard
          key={pool.name}
          pool={pool}
          severity={severityOf(pool)}
          damaged={damaged.get(pool.name)}
          disks={detail.documents.smart?.body.disks ?? []}
          hostNowMs={detail.serverTimeMs + (detail.clockSkewMs ?? 0)}
        />
      ))}
      <DatasetsTable detail={detail} />
      <ArcFacts detail={detail} />
    </Section>
  );
}

function worstFirst(severityOf: (pool: ZfsPool) => Severity) {
  return (first: ZfsPool, second: ZfsPool): number =>
    compareSeverity(severityOf(first), severityOf(second)) || compareNames(first.name, second.name);
}
