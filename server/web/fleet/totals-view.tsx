import type { ComponentChildren, JSX } from 'preact';
import type { HostSummary, Severity } from '../../src/api/schema.ts';
import { ABSENT, formatCount } from '../../src/words/number.ts';
import { formatPercent } from '../../src/words/percent.ts';
import { formatBytesOf } from '../format/bytes.ts';
import { formatMegabytes } from '../format/rate.ts';
import { totalsOf } from './totals.ts';

/** The fleet in figures, each a way to the rows behind it. */
export function TotalsView({ hosts }: { readonly hosts: readonly HostSummary[] }): JSX.Element {
  const totals = totalsOf(hosts);
  const [memoryUsed, memoryTotal] = splitOf(formatBytesOf(totals.memoryUsedBytes, totals.memoryTotalBytes));
  const allReport = totals.reporting === totals.hosts;
  return (
    <ul class="card totals" aria-label="Fleet totals">
      <Total
        label="Hosts reporting"
        href="/?show=silent"
        severity={allReport ? undefined : 'silent'}
        of={`of ${totals.hosts}`}
      >
        {totals.reporting}
      </Total>
      <Total
        label="Pools well"
        href="/?sort=-zfs"
        severity={totals.poolSeverity}
        of={totals.pools === 0 ? 'no pool' : `of ${totals.pools}`}
      >
        {totals.pools === 0 ? ABSENT : totals.poolsWell}
      </Total>
      <Total label="CPU" href="/?sort=-cpu" of={`of ${formatCount(totals.logicalCpus)} threads`}>
        {totals.cpuPercent === undefined ? ABSENT : formatPercent(totals.cpuPercent)}
      </Total>
      <Total label="Memory" href="/?sort=-memory" of={memoryTotal}>
        {memoryUsed}
      </Total>
      <Total
        label="Fullest storage"
        href="/?sort=-storage"
        of={totals.fullest && `${totals.fullest.host} ${totals.fullest.mountPoint}`}
      >
        {totals.fullest === undefined ? ABSENT : formatPercent(totals.fullest.usedPercent)}
      </Total>
      <Total label="Network in / out" href="/?sort=-network" of="MB/s">
        {formatMegabytes(totals.receiveBytesPerSecond)} / {formatMegabytes(totals.sendBytesPerSecond)}
      </Total>
    </ul>
  );
}

interface TotalProps {
  readonly label: string;
  readonly href: string;
  /** Of what is not as it should be. */
  readonly severity?: Severity | undefined;
  readonly of?: string | undefined;
  readonly children: ComponentChildren;
}

function Total({ label, href, severity, of, children }: TotalProps): JSX.Element {
  return (
    <li>
      <a href={href}>
        <small>{label}</small>
        <b data-s={severity}>
          {children} <span>{of}</span>
        </b>
      </a>
    </li>
  );
}

/** "1.29 of 2.66 TiB" as its figure and the rest. */
function splitOf(text: string): readonly [figure: string, rest: string] {
  const at = text.indexOf(' of ');
  return [text.slice(0, at), text.slice(at + 1)];
}
