import { computed, signal } from '@preact/signals';
import type { HostDetail, HostSummary, LiveFleet, ServerTrouble } from '../../src/api/schema.ts';
import { sortHosts } from '../fleet/sort.ts';

/** All hosts by name. Undefined until they are known. */
export const hostsByName = signal<ReadonlyMap<string, HostSummary> | undefined>(undefined);

export const hosts = computed<readonly HostSummary[]>(() => [...(hostsByName.value?.values() ?? [])]);

/** Names in the order that the fleet has by default. */
export const worstFirstNames = computed(() => sortHosts(hosts.value, undefined).map((host) => host.name));

/** The host whose page this is. */
export const detail = signal<HostDetail | undefined>(undefined);

/** What keeps the server from storing; undefined when nothing does. */
export const trouble = signal<ServerTrouble | undefined>(undefined);

/** The server's time of the newest values on the page. */
export const shownAtMs = signal(0);

export function applyFleet(live: LiveFleet): void {
  const before = hostsByName.peek();
  const newest = live.hosts.map((host) => [host.name, unlessSame(before?.get(host.name), host)] as const);
  hostsByName.value = new Map([...(live.complete ? [] : (before ?? [])), ...newest]);
  shownAtMs.value = live.serverTimeMs;
}

/** Keeps the object that says the same: what draws it need not draw again. */
function unlessSame(before: HostSummary | undefined, newest: HostSummary): HostSummary {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(newest) ? before : newest;
}

export function applyDetail(newest: HostDetail): void {
  detail.value = newest;
  shownAtMs.value = newest.serverTimeMs;
}
