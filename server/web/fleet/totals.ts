import type { HostSummary, Severity } from '../../src/api/schema.ts';
import { compareSeverity } from './severity.ts';

export interface FleetTotals {
  readonly hosts: number;
  readonly reporting: number;
  readonly logicalCpus: number;
  /** Weighted by the hosts' CPUs. Undefined when no host tells. */
  readonly cpuPercent: number | undefined;
  readonly memoryUsedBytes: number;
  readonly memoryTotalBytes: number;
  readonly fullest:
    | { readonly host: string; readonly mountPoint: string; readonly usedPercent: number }
    | undefined;
  readonly pools: number;
  readonly poolsWell: number;
  /** Of the pools that are not well. */
  readonly poolSeverity: Severity | undefined;
  readonly receiveBytesPerSecond: number;
  readonly sendBytesPerSecond: number;
}

/**
 * What the fleet is as a whole. A silent host's values are not known now: they count neither as used nor as
 * there, and its pools count as not well.
 */
export function totalsOf(hosts: readonly HostSummary[]): FleetTotals {
  const reporting = hosts.filter((host) => host.state === 'live' || host.state === 'attention');
  const sum = (measure: (host: HostSummary) => number | undefined): number =>
    reporting.reduce((total, host) => total + (measure(host) ?? 0), 0);
  const measured = reporting.filter((host) => host.cpu?.usedPercent !== undefined);
  const weight = measured.reduce((total, host) => total + (host.cpu?.logicalCpus ?? 0), 0);
  const busy = measured.reduce(
    (total, host) => total + (host.cpu?.usedPercent ?? 0) * (host.cpu?.logicalCpus ?? 0),
    0,
  );
  return {
    hosts: hosts.filter((host) => host.state !== 'waiting').length,
    reporting: reporting.length,
    logicalCpus: sum((host) => host.cpu?.logicalCpus),
    cpuPercent: weight === 0 ? undefined : busy / weight,
    memoryUsedBytes: sum((host) => host.memory?.usedBytes),
    memoryTotalBytes: sum((host) => host.memory?.totalBytes),
    fullest: fullestOf(reporting),
    ...poolTotals(hosts),
    receiveBytesPerSecond: sum((host) => host.network?.receiveBytesPerSecond),
    sendBytesPerSecond: sum((host) => host.network?.sendBytesPerSecond),
  };
}

function fullestOf(hosts: readonly HostSummary[]): FleetTotals['fullest'] {
  const filesystems = hosts.flatMap(({ name, worstFilesystem }) =>
    worstFilesystem === undefined ? [] : [{ host: name, ...worstFilesystem }],
  );
  return filesystems.toSorted((first, second) => second.usedPercent - first.usedPercent)[0];
}

function poolTotals(
  hosts: readonly HostSummary[],
): Pick<FleetTotals, 'pools' | 'poolsWell' | 'poolSeverity'> {
  const severities: Severity[] = hosts.flatMap(({ state, pools }): Severity[] => {
    if (pools === undefined) return [];
    if (state === 'silent') return Array.from({ length: pools.total }, (): Severity => 'silent');
    return pools.unwell.map(({ severity }) => severity);
  });
  const pools = hosts.reduce((total, host) => total + (host.pools?.total ?? 0), 0);
  return {
    pools,
    poolsWell: pools - severities.length,
    poolSeverity: severities.toSorted(compareSeverity)[0],
  };
}
