const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A duration for people, in its two largest units: `12 s`, `3 min 12 s`, `2 h 5 min`, `4 d 1 h`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.round(Math.abs(durationMs) / SECOND_MS) * SECOND_MS;
  if (ms < MINUTE_MS) return `${ms / SECOND_MS} s`;
  if (ms < HOUR_MS) return two(ms, MINUTE_MS, 'min', SECOND_MS, 's');
  if (ms < DAY_MS) return two(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return two(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function two(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % largeMs) / smallMs);
  return rest === 0
    ? `${Math.floor(ms / largeMs)} ${large}`
    : `${Math.floor(ms / largeMs)} ${large} ${rest} ${small}`;
}
