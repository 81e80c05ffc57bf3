import type { ZfsPool } from '@proxmox-monitor/protocol';
import type { ListedPool } from './list-text.ts';

/** Pools of `zpool status` with the sizes of `zpool list`. One that left in between has no sizes. */
export function mergePools(pools: readonly ZfsPool[], listed: readonly ListedPool[]): ZfsPool[] {
  const byName = new Map(listed.map((pool) => [pool.name, pool]));
  return pools.map((pool) => ({ ...byName.get(pool.name), ...pool }));
}

/**
 * Pools with the kernel's word on those that are suspended: `zpool status` may have been asked a moment
 * earlier. Other states are left as `zpool status` has them, which knows more words for them.
 */
export function overrideStates(pools: readonly ZfsPool[], states: ReadonlyMap<string, string>): ZfsPool[] {
  return pools.map((pool) =>
    states.get(pool.name) === 'SUSPENDED' ? { ...pool, state: 'SUSPENDED' } : pool,
  );
}
