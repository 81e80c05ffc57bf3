import type { ZfsArcDocument } from '@proxmox-monitor/protocol';

/** ARC hits of all look-ups between two readings; undefined when there were none or ZFS started anew. */
export function arcHitPercent(previous: ZfsArcDocument, current: ZfsArcDocument): number | undefined {
  const hits = current.hits - previous.hits;
  const misses = current.misses - previous.misses;
  if (hits < 0 || misses < 0 || hits + misses === 0) return undefined;
  return (100 * hits) / (hits + misses);
}
