import type { Host } from '../host.ts';

const KSTAT = '/proc/spl/kstat/zfs';

/**
 * State of each imported pool as the kernel has it: ONLINE, DEGRADED, …, SUSPENDED. Reading it takes no lock, so it
 * also answers when a pool hangs.
 */
export async function poolStates(host: Host): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const name of await host.list(KSTAT)) {
    const state = await host.read(`${KSTAT}/${name}/state`);
    if (state !== undefined) states.set(name, state.trim());
  }
  return states;
}

/** Pools on which every command may hang. */
export function suspendedPools(states: ReadonlyMap<string, string>): string[] {
  return [...states].filter(([, state]) => state === 'SUSPENDED').map(([name]) => name);
}
