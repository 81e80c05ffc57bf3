import type { HostSummary } from '../../src/api/schema.ts';
import { compareNames, compareSeverity } from './severity.ts';
import { thingsMeasure } from './things.ts';

/** Columns by which the fleet can be sorted. Without one it is worst first. */
export const SORT_COLUMNS = [
  'host',
  'cpu',
  'memory',
  'load',
  'storage',
  'zfs',
  'things',
  'network',
  'seen',
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

export interface Sort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

/** Undefined: worst first. */
export type SortChoice = Sort | undefined;

const VALUES: Readonly<Record<Exclude<SortColumn, 'host'>, (host: HostSummary) => number | undefined>> = {
  cpu: (host) => host.cpu?.usedPercent,
  memory: (host) => host.memory?.usedPercent,
  load: (host) => host.load?.load1,
  storage: (host) => host.worstFilesystem?.usedPercent,
  zfs: (host) => host.pools && host.pools.unwell.length * 1_000 + (host.pools.fullestPercent ?? 0),
  things: thingsMeasure,
  network: (host) => host.network && host.network.receiveBytesPerSecond + host.network.sendBytesPerSecond,
  seen: (host) => host.lastSeenAtMs,
};

/** Hosts in the order chosen; absent values come last in either direction, equal ones by name. */
export function sortHosts(hosts: readonly HostSummary[], choice: SortChoice): readonly HostSummary[] {
  if (choice === undefined) return hosts.toSorted(worstFirst);
  const { column, descending } = choice;
  const sign = descending ? -1 : 1;
  if (column === 'host') return hosts.toSorted((a, b) => sign * compareNames(a.name, b.name));
  const measure = VALUES[column];
  return hosts.toSorted((a, b) => {
    const [first, second] = [measure(a), measure(b)];
    if (first === undefined || second === undefined) {
      return Number(first === undefined) - Number(second === undefined) || compareNames(a.name, b.name);
    }
    return sign * (first - second) || compareNames(a.name, b.name);
  });
}

function worstFirst(first: HostSummary, second: HostSummary): number {
  return compareSeverity(first.severity, second.severity) || compareNames(first.name, second.name);
}

/** The first click on a column shows what is largest (names: from A), the second turns it, the third ends it. */
export function nextSort(choice: SortChoice, column: SortColumn): SortChoice {
  const first = column !== 'host';
  if (choice?.column !== column) return { column, descending: first };
  return choice.descending === first ? { column, descending: !first } : undefined;
}

/** As it stands in the address: "cpu", "-cpu". */
export function sortFromText(text: string | null): SortChoice {
  const descending = text?.startsWith('-') ?? false;
  const name = descending ? text?.slice(1) : text;
  const column = SORT_COLUMNS.find((candidate) => candidate === name);
  return column && { column, descending };
}

export function sortToText(choice: SortChoice): string | undefined {
  return choice && `${choice.descending ? '-' : ''}${choice.column}`;
}
