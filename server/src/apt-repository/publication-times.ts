/** How far the clock may have been ahead when it was set back: hosts allow as much. */
const CLOCK_STEP_MS = 10_000;

/** apt keeps to the newer one of two dates: one that goes back a little, with the clock, would be ignored. */
export function dateAfter(beforeMs: number | undefined, now: number): number {
  return beforeMs !== undefined && beforeMs > now && beforeMs - now < CLOCK_STEP_MS ? beforeMs : now;
}

/** A second later at least: apt asks for what changed since the second in which it changed last. */
export function modifiedAfter(beforeMs: number | undefined, now: number): number {
  const second = Math.floor(now / 1000) * 1000;
  return beforeMs === undefined ? second : Math.max(second, Math.floor(beforeMs / 1000) * 1000 + 1000);
}
