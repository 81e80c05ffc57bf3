import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import { given } from '../given.ts';

/** Errors that came within this time are recent. */
const RECENT_MS = 60 * 60_000;

/** What a counter showed from a moment on. */
interface Point {
  readonly atMs: number;
  readonly count: number;
}

/**
 * Tells errors that are still coming from old ones that nobody has cleared: a pool that has lost its only disk says
 * ONLINE while its counters climb. What was there at the first look is old.
 */
export class RecentErrors {
  /** By pool and vdev: the counter's changes of the last hour, and the last one before that. */
  #points = new Map<string, readonly Point[]>();

  /** @param nowMs by a clock that never jumps */
  mark(pools: readonly ZfsPool[], nowMs: number): ZfsPool[] {
    const points = new Map<string, readonly Point[]>();
    const growth = (key: string, count: number | undefined): number | undefined => {
      if (count === undefined) return undefined;
      const after = follow(this.#points.get(key) ?? [], { atMs: nowMs, count });
      points.set(key, after);
      const grown = count - (after[0]?.count ?? count);
      return grown > 0 ? grown : undefined;
    };
    const marked = pools.map((pool) => {
      const own = pool.guid ?? pool.name;
      return {
        ...pool,
        ...given({ recentDataErrors: growth(own, pool.dataErrors) }),
        vdevs: pool.vdevs.map((vdev, index) => ({
          ...vdev,
          ...given({
            recentErrors: growth(`${own}/${vdev.guid ?? `${index} ${vdev.name}`}`, errorsOf(vdev)),
          }),
        })),
      };
    });
    // Those of pools and vdevs that left are forgotten.
    this.#points = points;
    return marked;
  }
}

function errorsOf({ readErrors, writeErrors, checksumErrors }: Vdev): number | undefined {
  if (readErrors === undefined && writeErrors === undefined && checksumErrors === undefined) return undefined;
  return (readErrors ?? 0) + (writeErrors ?? 0) + (checksumErrors ?? 0);
}

function follow(before: readonly Point[], now: Point): readonly Point[] {
  const last = before.at(-1);
  // Cleared, or a device that was replaced under the same name: counted from here.
  if (last === undefined || now.count < last.count) return [now];
  const changes = now.count === last.count ? before : [...before, now];
  const firstRecent = changes.findIndex(({ atMs }) => now.atMs - atMs <= RECENT_MS);
  return changes.slice(Math.max(0, (firstRecent < 0 ? changes.length : firstRecent) - 1));
}
