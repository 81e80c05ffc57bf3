import type { HostSummary } from '../../src/api/schema.ts';

export const FILTERS = ['all', 'attention', 'silent'] as const;
export type Filter = (typeof FILTERS)[number];

/** Silent hosts want attention too: nobody knows whether they are well. */
export function passes(host: HostSummary, filter: Filter): boolean {
  if (filter === 'all') return true;
  return host.state === 'silent' || (filter === 'attention' && host.state === 'attention');
}

export function countByFilter(hosts: readonly HostSummary[]): Readonly<Record<Filter, number>> {
  const count = (filter: Filter): number => hosts.filter((host) => passes(host, filter)).length;
  return { all: hosts.length, attention: count('attention'), silent: count('silent') };
}

export function filterFromText(text: string | null): Filter {
  return FILTERS.find((filter) => filter === text) ?? 'all';
}

/** Hosts whose name contains what was typed, those that begin with it first. */
export function searchHosts(hosts: readonly HostSummary[], typed: string): readonly HostSummary[] {
  const text = typed.trim().toLowerCase();
  const matches = hosts.filter(({ name }) => name.toLowerCase().includes(text));
  const begins = (host: HostSummary): number => Number(!host.name.toLowerCase().startsWith(text));
  return matches.toSorted((first, second) => begins(first) - begins(second));
}
