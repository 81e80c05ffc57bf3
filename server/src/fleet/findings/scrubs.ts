import type { ZfsPool } from '@proxmox-monitor/protocol';
import { isolated } from '../../words/isolated.ts';
import { counted } from '../../words/number.ts';
import type { Finder, Finding } from './finding.ts';

const DAY_MS = 24 * 3_600_000;
/** Debian scrubs every month. */
const LATE_DAYS = 35;
const VERY_LATE_DAYS = 70;

/**
 * Pools that were not read through for long, and scrubs that ended with errors. Of a pool that never was nothing is
 * said: it may be new.
 */
export const scrubs: Finder = {
  source: 'zfsPools',
  find: ({ zfsPools }, nowMs) =>
    (zfsPools?.pools ?? []).flatMap((pool) => [...lateOf(pool, nowMs), ...errorsOf(pool)]),
};

function lateOf(pool: ZfsPool, nowMs: number): Finding[] {
  const endedAtMs = lastScrubOf(pool)?.endedAtMs;
  const isUnderWay = pool.scan?.function === 'scrub' && pool.scan.state === 'running';
  if (endedAtMs === undefined || isUnderWay) return [];
  const days = Math.floor((nowMs - endedAtMs) / DAY_MS);
  if (days <= LATE_DAYS) return [];
  return [
    {
      kind: 'scrub',
      subject: pool.name,
      severity: days > VERY_LATE_DAYS ? 'crit' : 'warn',
      brief: `${pool.name}: last scrub ${days} d ago`,
      sentence: `Pool ${isolated(pool.name)} was last scrubbed ${counted(days, 'day')} ago: "zpool scrub ${pool.name}" reads it through.`,
      sinceMs: endedAtMs + LATE_DAYS * DAY_MS,
    },
  ];
}

/** Where the errors are still in the data, the pool's own problem says so. */
function errorsOf(pool: ZfsPool): Finding[] {
  const scrub = lastScrubOf(pool);
  if (!scrub?.errors || (pool.dataErrors ?? 0) > 0) return [];
  const sentence = `The last scrub of pool ${isolated(pool.name)} found ${counted(scrub.errors, 'error')} that it could not mend.`;
  return [
    {
      kind: 'scrubErrors',
      subject: pool.name,
      severity: 'crit',
      brief: `${pool.name}: scrub errors`,
      sentence,
      sinceMs: scrub.endedAtMs,
    },
  ];
}

/** Agents before 0.3 do not remember the last one. */
export function lastScrubOf({ lastScrub, scan }: ZfsPool): ZfsPool['lastScrub'] {
  return lastScrub ?? (scan?.function === 'scrub' && scan.state === 'finished' ? scan : undefined);
}
