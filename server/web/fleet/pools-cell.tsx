import type { JSX } from 'preact';
import type { HostSummary } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { Absent } from '../components/absent.tsx';
import { Age } from '../components/ago.tsx';
import { Chip, ReasonChip } from '../components/chip.tsx';
import { hostPath } from '../host/host-path.ts';
import { compareSeverity } from './severity.ts';

/** The worst pool of a host, with the reason behind it. */
export function PoolsCell({ host }: { readonly host: HostSummary }): JSX.Element {
  const { pools } = host;
  if (pools === undefined || pools.total === 0) {
    return (
      <td class="zfs">
        <Absent why={pools === undefined && host.lastSeenAtMs === undefined ? 'not known' : 'no pool'} />
      </td>
    );
  }
  const worst = pools.unwell.toSorted((first, second) => compareSeverity(first.severity, second.severity))[0];
  return (
    <td class={worst === undefined ? 'zfs' : 'zfs bad'} data-l="ZFS">
      <span class="two">
        {worst === undefined ? (
          <Chip severity="ok" text={counted(pools.total, 'pool')} />
        ) : (
          <ReasonChip severity={host.state === 'silent' ? 'silent' : worst.severity} text={chipText(worst)}>
            <PoolReason host={host} />
          </ReasonChip>
        )}
        <small>
          {worst === undefined || pools.total === 1 ? '' : `${counted(pools.total, 'pool')}, `}
          {pools.fullestPercent === undefined ? 'fill not known' : formatPercent(pools.fullestPercent)}
          {pools.lastScrubAtMs === undefined ? null : (
            <>
              , scrub <Age atMs={pools.lastScrubAtMs} />
            </>
          )}
        </small>
      </span>
    </td>
  );
}

function chipText(pool: { readonly name: string; readonly state: string }): string {
  return pool.state === 'ONLINE' ? `${pool.name} errors` : `${pool.name} ${pool.state}`;
}

function PoolReason({ host }: { readonly host: HostSummary }): JSX.Element {
  const reasons = host.problems.filter((problem) => problem.kind === 'pool');
  return (
    <>
      {reasons.map((problem) => (
        <span class="reason" key={problem.subject ?? problem.sentence}>
          {problem.sentence}
        </span>
      ))}
      <a class="link" href={`${hostPath(host.name)}#zfs`}>
        Open the {reasons.length > 1 ? 'pools' : 'pool'}
      </a>
    </>
  );
}
