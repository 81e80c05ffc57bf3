import type { JSX } from 'preact';
import { formatAge } from '../../src/words/duration.ts';
import { clampedTime, formatFullTime, formatTime } from '../format/time.ts';
import { nowMs } from '../state/clock.ts';

interface AtProps {
  /** The server's time. */
  readonly atMs: number;
}

/** How old something is, counting on: 2 s, 26 min. */
export function Age({ atMs }: AtProps): JSX.Element {
  return (
    <time dateTime={isoTime(atMs)} onMouseEnter={showFullTime}>
      {formatAge(nowMs.value - atMs)}
    </time>
  );
}

/** When something was: 11:47, yesterday 22:40. Date, seconds and zone on hover. */
export function Moment({ atMs }: AtProps): JSX.Element {
  return (
    <time dateTime={isoTime(atMs)} onMouseEnter={showFullTime}>
      {formatTime(atMs, nowMs.value)}
    </time>
  );
}

function isoTime(atMs: number): string {
  return new Date(clampedTime(atMs)).toISOString();
}

/** Date, seconds and zone are worked out for whoever hovers, and not for every time on the page. */
export function showFullTime(event: { readonly currentTarget: HTMLTimeElement }): void {
  event.currentTarget.title = formatFullTime(Date.parse(event.currentTarget.dateTime));
}
