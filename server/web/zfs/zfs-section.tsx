import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { counted } from '../format/number.ts';
import { Section } from '../host/section.tsx';
import { PoolCard } from './pool-card.tsx';
import { poolVerdict } from './pool-sentence.ts';

export function ZfsSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const pools = detail.documents.zfsPools?.body.pools ?? [];
  const unwell = pools.filter((pool) => poolVerdict(pool).severity !== 'ok').length;
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
    >
      {pools.map((pool) => (
        <PoolCard key={pool.name} pool={pool} />
      ))}
    </Section>
  );
}
