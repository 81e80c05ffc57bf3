import type { ZfsActivity, ZfsPool, ZfsScan } from '@proxmox-monitor/protocol';
import { formatDuration } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { formatFinePercent } from '../../src/words/percent.ts';
import { formatBytes } from '../format/bytes.ts';
import { formatTime } from '../format/time.ts';

export interface Labelled {
  readonly label: string;
  readonly text: string;
}

const SCAN_NAMES: Readonly<Record<ZfsScan['function'], string>> = {
  scrub: 'Scrub',
  resilver: 'Resilver',
  errorscrub: 'Error scrub',
};

const ACTIVITY_NAMES: Readonly<Record<ZfsActivity['kind'], string>> = {
  removal: 'Removal',
  expansion: 'Expansion',
  rebuild: 'Rebuild',
};

/** The scan that runs or was the last to run and, where that was none itself, the last scrub that finished. */
export function scanTexts(pool: ZfsPool, nowMs: number): readonly Labelled[] {
  const { scan, lastScrub } = pool;
  const isScrub = scan?.function === 'scrub' && scan.state === 'finished';
  if (lastScrub === undefined || isScrub) return [scanText(scan, nowMs)];
  return scan === undefined
    ? [scanText(lastScrub, nowMs)]
    : [scanText(scan, nowMs), scanText(lastScrub, nowMs)];
}

/** "Last scrub: 16 Nov 02:24, 0 errors, 12 min", "Resilver: 34 %, 3 h 10 min left". */
function scanText(scan: ZfsScan | undefined, nowMs: number): Labelled {
  if (scan === undefined) return { label: 'Last scrub', text: 'never' };
  const name = SCAN_NAMES[scan.function];
  if (scan.state === 'running') return { label: name, text: progress(scan) };
  if (scan.state === 'paused')
    return { label: name, text: ['paused', ...donePart(scan.donePercent)].join(' at ') };
  const at = scan.endedAtMs ?? scan.startedAtMs;
  const when = at === undefined ? '' : formatTime(at, nowMs);
  if (scan.state === 'canceled') return { label: name, text: `canceled ${when}`.trim() };
  const parts = [
    when,
    scan.errors === undefined ? '' : counted(scan.errors, 'error'),
    scan.repairedBytes
      ? `${formatBytes(scan.repairedBytes)} ${scan.function === 'resilver' ? 'written' : 'repaired'}`
      : '',
    scan.durationSeconds === undefined ? '' : formatDuration(scan.durationSeconds * 1_000),
  ];
  return { label: `Last ${name.toLowerCase()}`, text: parts.filter((part) => part !== '').join(', ') };
}

/** Work on the layout that runs, or ran last. */
export function activityTexts(pool: ZfsPool, nowMs: number): readonly Labelled[] {
  return pool.activities.map((activity) => {
    const label = `${ACTIVITY_NAMES[activity.kind]}${activity.vdev === undefined ? '' : ` of ${activity.vdev}`}`;
    if (activity.state === 'running' || activity.state === 'paused') {
      const text = [activity.state, ...donePart(activity.donePercent)].join(', ');
      return { label, text };
    }
    const ended = activity.endedAtMs === undefined ? '' : ` ${formatTime(activity.endedAtMs, nowMs)}`;
    return { label, text: `${activity.state}${ended}` };
  });
}

/** What is being done to a pool now, for its head. */
export function workOf(pool: ZfsPool, nowMs: number): readonly Labelled[] {
  const isNow = ({ state }: ZfsScan | ZfsActivity): boolean => state === 'running' || state === 'paused';
  const scan = pool.scan !== undefined && isNow(pool.scan) ? [scanText(pool.scan, nowMs)] : [];
  return [...scan, ...activityTexts({ ...pool, activities: pool.activities.filter(isNow) }, nowMs)];
}

function progress(scan: ZfsScan): string {
  const left =
    scan.secondsLeft === undefined
      ? 'time left not known'
      : `${formatDuration(scan.secondsLeft * 1_000)} left`;
  return [...donePart(scan.donePercent), left].join(', ');
}

function donePart(percent: number | undefined): readonly string[] {
  return percent === undefined ? [] : [formatFinePercent(Math.min(100, percent))];
}
